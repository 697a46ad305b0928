import * as z from 'zod'
import { FleetId } from '../fleet/index.ts'
import { checkPeriod, isWithin, PERIOD } from './period.ts'

/** A time in which nothing is released. */
export const Freeze = z
  .strictObject({
    ...PERIOD,
    reason: z.string().min(1),
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

/** The freezes that hold a fleet at an instant (epoch milliseconds). */
export const freezesInForce = (freezes: readonly Freeze[], fleet: string, now: number): readonly Freeze[] =>
  freezes.filter(freeze => (freeze.fleets?.includes(fleet) ?? true) && isWithin(freeze, now))

/** "year-end (until 01-04T08:00 Europe/Berlin: nobody is there)" */
export const freezeText = ({ name, until, timeZone, reason }: Freeze): string => `${name} (until ${until} ${timeZone}: ${reason})`
