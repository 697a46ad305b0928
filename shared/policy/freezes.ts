import * as z from 'zod'

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const TIME = '([01]\\d|2[0-3]):[0-5]\\d'
const DATE = '(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])'

/** How a moment is written, by how often the freeze comes again. */
const WRITTEN = {
  once: [new RegExp(`^\\d{4}-${DATE}T${TIME}$`), '2026-12-18T18:00'],
  year: [new RegExp(`^${DATE}T${TIME}$`), '12-18T18:00'],
  week: [new RegExp(`^(${DAYS.join('|')}) ${TIME}$`), 'fri 18:00'],
  day: [new RegExp(`^${TIME}$`), '18:00'],
} as const

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/**
 * A time in which nothing is released: once, or every day, week or year. `from` and `until` (not included) are what clocks on the wall
 * show in `timeZone`, so a freeze moves with summer time. An hour that clocks show twice is twice what it is once.
 */
export const Freeze = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens'),
    reason: z.string().min(1),
    /** The fleets that it holds; all where it is left out. */
    fleets: z.array(z.string()).min(1).readonly().optional(),
    timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin'),
    every: z.enum(['day', 'week', 'year']).optional(),
    from: z.string(),
    until: z.string(),
  })
  .superRefine(({ every, from, until }, issues) => {
    const [pattern, example] = WRITTEN[every ?? 'once']
    for (const [path, moment] of Object.entries({ from, until }))
      if (!pattern.test(moment)) issues.addIssue({ code: 'custom', path: [path], message: `written as ${example}` })
    if (from === until || (every === undefined && from > until))
      issues.addIssue({ code: 'custom', path: ['until'], message: 'later than `from`' })
  })
  .readonly()
export type Freeze = z.infer<typeof Freeze>

/** A calendar: freezes.json beside the policies. */
export const Calendar = z.strictObject({ freezes: z.array(Freeze).readonly() })

/** What clocks in a time zone show at an instant (epoch milliseconds): `2026-12-18T18:00`, and the day of the week, 0 = Monday. */
const wallClock = (timeZone: string, now: number): { readonly local: string; readonly day: number } => {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', weekday: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  })
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  const local = `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`
  return { local, day: DAYS.indexOf((parts['weekday'] ?? '').toLowerCase()) }
}

/* Moments of one kind are texts of one length, so that the order of texts is the order of time. */
const nowAs = (every: keyof typeof WRITTEN, { local, day }: ReturnType<typeof wallClock>): string => {
  switch (every) {
    case 'once':
      return local
    case 'year':
      return local.slice(5)
    case 'week':
      return `${day} ${local.slice(11)}`
    case 'day':
      return local.slice(11)
  }
}
const comparable = (moment: string): string => moment.replace(/^[a-z]{3}/, name => String(DAYS.indexOf(name)))

const isInForce = ({ every, timeZone, from, until }: Freeze, now: number): boolean => {
  const moment = nowAs(every ?? 'once', wallClock(timeZone, now))
  const [start, end] = [comparable(from), comparable(until)]
  /* One that ends before it begins goes over midnight, Sunday or New Year. */
  return start < end ? start <= moment && moment < end : start <= moment || moment < end
}

/** The freezes that hold a fleet at an instant (epoch milliseconds). */
export const freezesInForce = (freezes: readonly Freeze[], fleet: string, now: number): readonly Freeze[] =>
  freezes.filter(freeze => (freeze.fleets?.includes(fleet) ?? true) && isInForce(freeze, now))

/** "year-end (until 01-04T08:00 Europe/Berlin: nobody is there)" */
export const freezeText = ({ name, until, timeZone, reason }: Freeze): string => `${name} (until ${until} ${timeZone}: ${reason})`
