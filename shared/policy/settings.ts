import * as z from 'zod'
import { FleetId } from '../fleet/index.ts'
import { FINDING_CODES } from '../verdict/index.ts'
import { checkPeriod, isWithin, PERIOD, periodText } from './period.ts'

const FLEETS = 'a fleet’s id'
const Fleet = z.string().refine(id => FleetId.safeParse(id).success, FLEETS)
const AnyFleet = z.string().refine(id => id === '*' || FleetId.safeParse(id).success, `${FLEETS}, or * for all`)
const Group = z.string().min(1).max(128)
const FindingCode = z.string().refine(code => FINDING_CODES.some(known => known === code), 'there is no finding of that code')
const Seconds = z
  .int()
  .min(60)
  .max(366 * 86_400)

/** A time in which waves of a fleet may open. */
const MaintenanceWindow = z.strictObject(PERIOD).superRefine(checkPeriod).readonly()
export type MaintenanceWindow = z.infer<typeof MaintenanceWindow>

/** What policies rest on and Cedar has no words for: settings.json beside the policies. Every key may be left out. */
export const Settings = z
  .strictObject({
    /** By fleet; a fleet that is not named is `standard`. */
    tiers: z.record(Fleet, z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens')).default({}),
    /** By fleet; a fleet that is not named may be moved at any time. */
    windows: z.record(Fleet, z.array(MaintenanceWindow).min(1).readonly()).default({}),
    /** By fleet (`*`: every fleet), findings that block there though they would only be reviewed or noted: the reason by code. */
    stricter: z.record(AnyFleet, z.record(FindingCode, z.string().trim().min(1).max(500))).default({}),
    /** Who is asked before a livepatch that was not submitted here is wiped off hosts. `livepatch` may hold `*`; the first that fits counts. */
    owners: z
      .array(
        z.strictObject({ livepatch: z.string().regex(/^[\w.*-]{1,128}$/, 'a module name, in which * stands for anything'), group: Group }),
      )
      .readonly()
      .default([]),
    /** Who owns what no row of `owners` fits. */
    ownerOfOthers: Group.default('kernel-maintainers'),
    /** An approval releases a change for so long; without end where it is left out. */
    approvalValidSeconds: Seconds.optional(),
    /** Whether approvals grow old between the waves of a released change, too. */
    approvalsExpireInRollout: z.boolean().default(false),
    /** What approvals are worth after an edit of the policies. `never`: nothing. `where-only-policy-moved`: as much as before, where nothing else moved. */
    carryApprovals: z.enum(['never', 'where-only-policy-moved']).default('never'),
    /** `confirmSecondsMax`: how long after the proposal a second person may confirm an emergency. */
    breakGlass: z.strictObject({ confirmSecondsMax: Seconds.default(3_600) }).default({ confirmSecondsMax: 3_600 }),
    /** How long a hold may last from the moment on when it is placed or extended. */
    holds: z.strictObject({ secondsMax: Seconds.default(30 * 86_400) }).default({ secondsMax: 30 * 86_400 }),
    /** When people are reminded of what waits for them: shares of its time to be decided on. The last one escalates. */
    reminders: z.strictObject({ atShares: z.array(z.number().gt(0).lt(1)).max(8).readonly() }).default({ atShares: [0.5, 0.75, 0.9] }),
    /** Who is told beside those who were asked, at the last reminder. */
    escalation: z.strictObject({ group: Group }).optional(),
  })
  .readonly()
export type Settings = z.infer<typeof Settings>

/** Of a fleet that settings.json does not name. */
export const STANDARD_TIER = 'standard'
export const tierOf = ({ tiers }: Settings, fleet: string): string =>
  (Object.hasOwn(tiers, fleet) ? tiers[fleet] : undefined) ?? STANDARD_TIER

export const windowsOf = ({ windows }: Settings, fleet: string): readonly MaintenanceWindow[] =>
  (Object.hasOwn(windows, fleet) ? windows[fleet] : undefined) ?? []

/** "nights (every day, 22:00 to 06:00 Europe/Berlin)" */
export const windowText = (window: MaintenanceWindow): string => `${window.name} (${periodText(window)})`

/** Whether a fleet has maintenance windows and none of them is open at an instant (epoch milliseconds). */
export const isOutsideWindows = (settings: Settings, fleet: string, now: number): boolean => {
  const windows = windowsOf(settings, fleet)
  return windows.length > 0 && !windows.some(window => isWithin(window, now))
}

/** Findings that block on a fleet, and why; the fleet's own reason where both it and `*` have one. */
export const stricterOf = ({ stricter }: Settings, fleet: string): ReadonlyMap<string, string> =>
  new Map(['*', fleet].flatMap(key => (Object.hasOwn(stricter, key) ? Object.entries(stricter[key] ?? {}) : [])))

const fits = (glob: string, name: string): boolean => {
  const [first = '', ...others] = glob.split('*')
  if (others.length === 0) return glob === name
  const last = others.pop() ?? ''
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false
  let at = first.length
  for (const part of others) {
    const found = name.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= name.length - last.length
}

/** The group that owns a livepatch which was not submitted here. */
export const ownerOf = ({ owners, ownerOfOthers }: Settings, livepatch: string): string =>
  owners.find(owner => fits(owner.livepatch, livepatch))?.group ?? ownerOfOthers
