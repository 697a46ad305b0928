import * as z from 'zod'

const HOURS_MAX = 24 * 366

/** When a hold shall end, in the one way or the other. */
export const holdEnd = {
  expiresAt: z.iso.datetime().optional(),
  hours: z.number().positive().max(HOURS_MAX).optional(),
}
type HoldEnd = { readonly expiresAt?: string | undefined; readonly hours?: number | undefined }

export const holdEndIssue = ({ expiresAt, hours }: HoldEnd, issues: z.core.$RefinementCtx): void => {
  if (expiresAt !== undefined && hours !== undefined)
    issues.addIssue({ code: 'custom', path: ['hours'], message: 'send `expiresAt` or `hours`, not both' })
}

/** ISO 8601; null where nothing was said. `at`: epoch milliseconds that hours are counted from. */
export const endOf = ({ expiresAt, hours }: HoldEnd, at: number): string | null => {
  if (expiresAt !== undefined) return new Date(expiresAt).toISOString()
  return hours === undefined ? null : new Date(at + Math.round(hours * 3_600_000)).toISOString()
}
