import { isWithin, type Period, WEEKDAYS, wallClock } from './period.ts'

const DAY = 86_400_000
const MINUTE = 60_000

/** Dates of the calendar (`2026-12-18`) from the day before an instant's UTC date on, so that no time zone's today is missed. */
const dateAt = (now: number, days: number): string => new Date(now + days * DAY).toISOString().slice(0, 10)

/** The moments (`2026-12-18T18:00`) at which a period may begin next. */
const starts = ({ every, from }: Period, now: number): readonly string[] => {
  const time = from.slice(-5)
  const days = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => dateAt(now, index - 1))
  switch (every) {
    case undefined:
      return [from]
    case 'day':
      return days(4).map(date => `${date}T${time}`)
    case 'week':
      return days(10)
        .filter(date => (new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7 === WEEKDAYS.indexOf(from.slice(0, 3)))
        .map(date => `${date}T${time}`)
    case 'year': {
      const year = new Date(now).getUTCFullYear()
      /* A leap day comes again after eight years at the latest. */
      return Array.from({ length: 10 }, (_, index) => `${year - 1 + index}-${from}`).filter(
        moment => moment.slice(5, 10) !== '02-29' || new Date(`${moment.slice(0, 4)}-02-29T00:00Z`).getUTCDate() === 29,
      )
    }
  }
}

/** The instants at which clocks in a time zone show a moment, two where they show it twice; in the hour that summer time skips, the minute after it. */
const instantsOf = (moment: string, timeZone: string): readonly number[] => {
  const shown = (at: number): number => Date.parse(`${wallClock(timeZone, at).local}Z`)
  const wanted = Date.parse(`${moment}Z`)
  /* Clocks are at most fourteen hours from UTC, and an hour off where they were moved between guess and answer. */
  const guesses = [-DAY, 0, DAY].map(away => wanted - (shown(wanted + away) - (wanted + away)))
  const exact = guesses.filter(at => shown(at) === wanted)
  if (exact.length > 0) return exact
  let at = Math.min(...guesses)
  while (shown(at) < wanted) at += MINUTE
  return [at]
}

/** When the first of some periods begins next, to the minute (both epoch milliseconds); null where none ever does again. */
export const nextStart = (periods: readonly Period[], now: number): number | null => {
  const ahead = periods.flatMap(period =>
    starts(period, now)
      .flatMap(moment => instantsOf(moment, period.timeZone))
      .filter(at => at > now && isWithin(period, at)),
  )
  return ahead.length === 0 ? null : Math.min(...ahead)
}
