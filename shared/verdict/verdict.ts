import * as z from 'zod'
import { Stack } from '../kernel/index.ts'

export const Severity = z.enum(['block', 'review', 'note'])
export type Severity = z.infer<typeof Severity>

/** One hazard found. */
export const Finding = z.object({
  /** The rule's id, which is its file's name in shared/verdict/rules. */
  code: z.string(),
  severity: Severity,
  /** Stack digest of the cohort, or null where it holds for every cohort. */
  cohort: z.string().nullable(),
  /** One sentence for a person: what is wrong, naming livepatch, object and callback where there are such. */
  message: z.string(),
  /** The facts behind it, by name. */
  evidence: z.record(z.string(), z.unknown()),
  /** What would close it. */
  remedy: z.string(),
})
export type Finding = z.infer<typeof Finding>

/** How hosts get to a livepatch: it replaces what runs at once, or what runs is disabled first and its modules are removed. */
export type Route = 'replace' | 'disable-then-load'

/** The way from the proposed livepatch to what a cohort runs now, by the same guard. */
export const WayBack = z.enum(['replace', 'disable-then-load', 'bridge', 'none'])
export type WayBack = z.infer<typeof WayBack>

/** What hosts are exposed to while they are between two livepatches. */
const InBetween = z.object({
  /** CVE ids that one of the two claims to fix, and that are fixed by neither meanwhile. */
  exposes: z.array(z.string()),
  /** Functions that run their original code meanwhile. */
  functions: z.int().min(0),
  /** Lower bound, and where it comes from. */
  secondsMin: z.number().min(0),
  because: z.string(),
})
export type InBetween = z.infer<typeof InBetween>

/** A route that disables what runs, so that its own callbacks run, and loads afterwards. It is taken only where it was proposed. */
const ByDisabling = z.object({
  /** Livepatches that are disabled, newest first, and those that are loaded then, in order. */
  disables: z.array(z.string()),
  loads: z.array(z.string()),
  /** Whether the simulated kernel goes along and every disabled livepatch undoes what it did; if not, why. */
  proved: z.boolean(),
  reasons: z.array(z.string()),
  meanwhile: InBetween,
})
export type ByDisabling = z.infer<typeof ByDisabling>

export const CohortVerdict = z.object({
  /** Stack digest. */
  cohort: z.string(),
  hosts: z.int().min(0),
  stack: Stack,
  /** What the simulated kernel answered to the load: OK or an errno's name; null where the stack is unknown. */
  result: z.string().nullable(),
  /** Names in /sys/kernel/livepatch afterwards, oldest first. */
  stackAfter: z.array(z.string()),
  log: z.array(z.string()),
  /** Functions as `object:function`. Verdicts from before code was compared say `kept` of all that both patch, and nothing of the code. */
  functions: z.object({
    /** Patched before and afterwards, with the same code. */
    kept: z.array(z.string()),
    /** Patched before and afterwards with other code, or with code that cannot be compared. */
    rePatched: z.array(z.string()).optional(),
    /** Those of `rePatched` whose code cannot be compared. */
    codeUnknown: z.array(z.string()).optional(),
    added: z.array(z.string()),
    /** Back to the kernel's original code. */
    reverted: z.array(z.string()),
  }),
  fixes: z.object({ gained: z.array(z.string()), lost: z.array(z.string()) }),
  callbacks: z.object({ run: z.array(z.string()), skipped: z.array(z.string()) }),
  /** Older in the series than what the cohort runs. */
  downgrade: z.boolean(),
  wayBack: WayBack,
  /** The way there by disabling: where it is the route that is judged, or where callbacks would be skipped that nothing makes up for. */
  byDisabling: ByDisabling.optional(),
  /** The way back by disabling, where that is the way back. */
  backByDisabling: ByDisabling.optional(),
})
export type CohortVerdict = z.infer<typeof CohortVerdict>

export const Verdict = z.object({
  schema: z.literal('supersede.verdict/1'),
  livepatch: z.string(),
  /** The route that was judged; left out: `replace`. */
  route: z.literal('disable-then-load').optional(),
  /** Digest of what it was worked out from (Inputs); left out where that was not written down. */
  inputs: z.string().optional(),
  /** The worst severity among the findings; `clear` where there is none. */
  outcome: z.enum(['block', 'review', 'note', 'clear']),
  cohorts: z.array(CohortVerdict),
  findings: z.array(Finding),
  /** Kernel rule sets used, by kernel release; whether each was recorded on a real kernel. */
  ruleSets: z.record(z.string(), z.object({ rules: z.string(), recorded: z.boolean() })),
})
export type Verdict = z.infer<typeof Verdict>
