import * as z from 'zod'
import { FleetId } from '../fleet/index.ts'
import { checkPeriod, isWithin, PERIOD } from './period.ts'

/** A time in which nothing is released. */
export const Freeze = z
  .strictObject({
    ...PERIOD,
    reason: z.string().min(1),
    /** Who answers for it, a person or a group. A freeze that is proposed has to name one (edition/check-changes.ts). */
    owner: z.string().min(1).max(128).optional(),
    /** The fleets that it holds; all where it is left out. */
    fleets: z
      .array(z.string().refine(id => FleetId.safeParse(id).success, 'a fleet’s id'))
      .min(1)
      .readonly()
      .optional(),
  })
  .superRefine(checkPeriod)
  .readonly()
export type Freeze = z.infer<typeof Freeze>

/** A calendar: freezes.json beside the policies. */
export const Calendar = z.strictObject({ freezes: z.array(Freeze).readonly() })

/** The freezes that hold any fleet at an instant (epoch milliseconds). */
export const freezesRunning = (freezes: readonly Freeze[], now: number): readonly Freeze[] =>
  freezes.filter(freeze => isWithin(freeze, now))

/** The freezes that hold a fleet at an instant (epoch milliseconds). */
export const freezesInForce = (freezes: readonly Freeze[], fleet: string, now: number): readonly Freeze[] =>
  freezesRunning(freezes, now).filter(({ fleets }) => fleets?.includes(fleet) ?? true)

/** "year-end by operators", the owner where it says so. */
export const ownedName = ({ name, owner }: Freeze): string => (owner === undefined ? name : `${name} by ${owner}`)

/** "year-end by operators (until 01-04T08:00 Europe/Berlin: nobody is there)" */
export const freezeText = (freeze: Freeze): string => {
  const { until, timeZone, reason } = freeze
  return `${ownedName(freeze)} (until ${until} ${timeZone}: ${reason})`
}
