import { plural, when } from './terminal/format.ts'
import { numberOf, objectOf, textsOf } from './terminal/read-json.ts'

/** "without lp_2 since 2026-11-23T18:00:05Z, for 3 s" of a host on the route disable-then-load; empty where it disabled nothing. */
export const betweenText = (value: unknown): string => {
  if (typeof value !== 'object' || value === null) return ''
  const { since, until, disables } = objectOf(value)
  const begun = `without ${textsOf(disables).join(', ')} since ${when(new Date(numberOf(since)).toISOString())}`
  return typeof until === 'number'
    ? `${begun}, for ${plural(Math.ceil((until - numberOf(since)) / 1000), 'second')}`
    : `${begun}, and still`
}
