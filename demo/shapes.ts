import * as z from 'zod'
import { Verdict } from '../shared/verdict/index.ts'

/** What the demonstration reads of the API's answers. */
const Counts = z.object({
  hosts: z.number(),
  applied: z.number(),
  failed: z.number(),
  stalled: z.number(),
  silent: z.number(),
  pending: z.number(),
})

export const ChangeDocument = z.object({
  id: z.string(),
  livepatch: z.string(),
  status: z.string(),
  digest: z.string().nullable(),
  needs: z.array(z.string()),
  approvals: z.array(z.object({ by: z.string(), name: z.string() })),
  waves: z.array(z.object({ wave: z.number(), share: z.number(), state: z.string(), counts: Counts.nullable() })),
  halted: z.object({ code: z.string(), detail: z.string() }).nullable(),
  ending: z.string().nullable(),
})
export type ChangeDocument = z.infer<typeof ChangeDocument>

export const FleetDocument = z.object({
  hosts: z.number(),
  cohorts: z.array(z.object({ hosts: z.number(), stack: z.object({ livepatches: z.array(z.object({ name: z.string() })) }) })),
})
export const PatchDocument = z.object({
  digest: z.string(),
  name: z.string(),
  series: z.string(),
  version: z.string(),
  replace: z.boolean(),
  fixes: z.array(z.string()),
})
export type PatchDocument = z.infer<typeof PatchDocument>
export const Heads = z.object({
  items: z.array(z.object({ id: z.string(), livepatch: z.string(), status: z.string(), proposedAt: z.string() })),
})
export const Tokens = z.object({ tokens: z.array(z.string()) })
/** The verdict stands in its envelope: whose it is, and its digest. */
export const VerdictDocument = z.object({ verdict: Verdict }).transform(({ verdict }) => verdict)
export const HostHistory = z.object({
  items: z.array(
    z.object({
      trueAt: z.string(),
      state: z.string(),
      livepatches: z.array(z.object({ name: z.string() })),
      change: z
        .object({ id: z.string(), proposer: z.object({ id: z.string() }), approvedBy: z.array(z.object({ id: z.string() })) })
        .nullable(),
    }),
  ),
})
export const Lineage = z.object({
  livepatches: z.array(z.object({ digest: z.string(), name: z.string().nullable() })),
  edges: z.array(
    z.object({
      previous: z.string().nullable(),
      next: z.string(),
      hosts: z.number(),
      change: z.string(),
      kept: z.array(z.string()),
      repatched: z.array(z.string()),
      added: z.array(z.string()),
      reverted: z.array(z.string()),
    }),
  ),
})
