import * as z from 'zod'
import { digestOf } from '../canonical/index.ts'
import { kernelRules, Stack } from '../kernel/index.ts'
import { type Judge, judgeChange } from './judge-change.ts'
import { LONG_SLEEPERS } from './long-sleepers.ts'
import { RULES } from './rules.ts'
import type { Verdict } from './verdict.ts'

/**
 * Everything that a verdict was worked out from, so that it can be worked out again later and must come out the same. Livepatches are
 * named by digest, since the catalog never changes what it holds; all the rest is written down whole.
 */
export const Inputs = z.object({
  schema: z.literal('supersede.verdict-inputs/1'),
  /** Digest of the livepatch that was judged. */
  livepatch: z.string(),
  /** Digests of the livepatches that were known on the stacks, sorted. */
  known: z.array(z.string()).readonly(),
  cohorts: z
    .array(
      z.object({
        stack: Stack,
        hosts: z.int().min(0),
        /** Names of livepatches that were replaced there before, in order; left out where lineage told nothing. */
        replacedEarlier: z.array(z.string()).readonly().optional(),
      }),
    )
    .readonly(),
  /** The route that was judged; left out: `replace`. */
  route: z.literal('disable-then-load').optional(),
  /** Findings that were blocked instead of reviewed: the reason by code. */
  stricter: z.record(z.string(), z.string()),
  /** Leftovers that an emergency accepted by name; left out where there was none. */
  accepts: z.array(z.string()).readonly().optional(),
  /** Certificates (PEM) of the keys that the fleet trusted. */
  trust: z.array(z.string()).readonly(),
  /** Which rules judged (ruleSetVersion). */
  rules: z.string(),
})
export type Inputs = z.infer<typeof Inputs>

const named: { version?: string } = {}

/**
 * Names the rules: a digest of what each says it enforces and where that comes from, of the kernel's behaviour by release, and of
 * the list of functions on which tasks sleep. Code that is mended without a change of what it says keeps the name. Worked out once.
 */
export const ruleSetVersion = (): string => {
  named.version ??= digestOf({
    rules: RULES.map(({ id, about, law, source }) => ({ id, about, law, source })),
    kernel: kernelRules,
    sleepers: [...LONG_SLEEPERS],
  })
  return named.version
}

/** What can be written down and given back: of a kernel's own list of functions only the caller knows. */
export type Recordable = Omit<Judge, 'symbols'> & { readonly trust: readonly string[] }

const inputsOf = ({ livepatch, known, cohorts, route = 'replace', stricter, trust, accepts = [] }: Recordable): Inputs => ({
  schema: 'supersede.verdict-inputs/1',
  livepatch: livepatch.digest,
  known: [...known.values()].map(({ digest }) => digest).sort(),
  cohorts: cohorts.map(({ stack, hosts, replacedEarlier }) => ({ stack, hosts, ...(replacedEarlier && { replacedEarlier }) })),
  ...(route === 'replace' ? {} : { route }),
  stricter: Object.fromEntries(stricter ?? []),
  ...(accepts.length === 0 ? {} : { accepts: accepts.toSorted() }),
  trust,
  rules: ruleSetVersion(),
})

/** A verdict that names its inputs, so that whoever approves its digest approves what it was worked out from, too. */
export const judgeRecorded = (asked: Recordable): { readonly verdict: Verdict; readonly inputs: Inputs } => {
  const inputs = inputsOf(asked)
  const known = new Map([...asked.known].sort(([, a], [, b]) => (a.digest < b.digest ? -1 : 1)))
  return { inputs, verdict: { ...judgeChange({ ...asked, known }), inputs: digestOf(inputs) } }
}
