import * as z from 'zod'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const TIME = '([01]\\d|2[0-3]):[0-5]\\d'
const DATE = '(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])'

/** How a moment is written, by how often the period comes again. */
const WRITTEN = {
  once: [new RegExp(`^\\d{4}-${DATE}T${TIME}$`), '2026-12-18T18:00'],
  year: [new RegExp(`^${DATE}T${TIME}$`), '12-18T18:00'],
  week: [new RegExp(`^(${WEEKDAYS.join('|')}) ${TIME}$`), 'fri 18:00'],
  day: [new RegExp(`^${TIME}$`), '18:00'],
} as const

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}

/** The fields of a period, for what consists of one and of more. */
export const PERIOD = {
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and hyphens'),
  timeZone: z.string().refine(isTimeZone, 'a time zone such as Europe/Berlin'),
  every: z.enum(['day', 'week', 'year']).optional(),
  from: z.string(),
  until: z.string(),
}

/**
 * A time that is once, or comes every day, week or year. `from` and `until` (not included) are what clocks on the wall show in
 * `timeZone`, so a period moves with summer time. An hour that clocks show twice is twice what it is once.
 */
export type Period = Readonly<z.infer<z.ZodObject<typeof PERIOD>>>

/** Whether the day that a moment names, if it names one, is in the calendar; of every year: in some. */
const isDate = (moment: string): boolean => {
  const [, year = '2028', date] = /^(?:(\d{4})-)?(\d{2}-\d{2})T/.exec(moment) ?? []
  if (date === undefined) return true
  const midnight = Date.parse(`${year}-${date}T00:00Z`)
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(`${year}-${date}`)
}

/** What the fields must be to each other. */
export const checkPeriod = ({ every, from, until }: Period, issues: z.RefinementCtx): void => {
  const [pattern, example] = WRITTEN[every ?? 'once']
  for (const [path, moment] of Object.entries({ from, until }))
    if (!pattern.test(moment)) issues.addIssue({ code: 'custom', path: [path], message: `written as ${example}` })
    else if (!isDate(moment)) issues.addIssue({ code: 'custom', path: [path], message: 'there is no such day' })
  if (from === until || (every === undefined && from > until))
    issues.addIssue({ code: 'custom', path: ['until'], message: 'later than `from`' })
}

/* Making one takes longer than a decision, and there are as many as time zones in the calendar. */
const formats = new Map<string, Intl.DateTimeFormat>()
const formatIn = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone, calendar: 'gregory', numberingSystem: 'latn', hourCycle: 'h23', weekday: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  })
  formats.set(timeZone, made)
  return made
}

/** What clocks in a time zone show at an instant (epoch milliseconds): `2026-12-18T18:00`, and the day of the week, 0 = Monday. */
export const wallClock = (timeZone: string, now: number): { readonly local: string; readonly day: number } => {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const local = `${parts['year']}-${parts['month']}-${parts['day']}T${parts['hour']}:${parts['minute']}`
  return { local, day: WEEKDAYS.indexOf((parts['weekday'] ?? '').toLowerCase()) }
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
const comparable = (moment: string): string => moment.replace(/^[a-z]{3}/, name => String(WEEKDAYS.indexOf(name)))

/** Whether an instant (epoch milliseconds) lies in a period. */
export const isWithin = ({ every, timeZone, from, until }: Period, now: number): boolean => {
  const moment = nowAs(every ?? 'once', wallClock(timeZone, now))
  const [start, end] = [comparable(from), comparable(until)]
  /* One that ends before it begins goes over midnight, Sunday or New Year. */
  return start < end ? start <= moment && moment < end : start <= moment || moment < end
}

/** "every week, sat 22:00 to sun 06:00 Europe/Berlin" */
export const periodText = ({ every, from, until, timeZone }: Period): string =>
  `${every === undefined ? '' : `every ${every}, `}${from} to ${until} ${timeZone}`
