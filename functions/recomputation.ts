import * as z from 'zod'
import { differencesBetween, type Inputs, judgeRecorded, ruleSetVersion, type Verdict, verdictDigest } from '../shared/verdict/index.ts'
import { judgedOnInputs } from './judged-on-inputs.ts'
import type { Ports } from './ports.ts'

/** What came of working a stored verdict out again from what is stored beside it. */
export const Recomputation = z.object({
  outcome: z.enum(['equal', 'different', 'impossible']),
  /** One sentence for a person. */
  detail: z.string(),
  /** Digest of the verdict as it comes out now; null where it cannot be worked out. */
  digest: z.string().nullable(),
  /** Versions of the rules that judged, and of those that judge today; null where the inputs are not stored. */
  rules: z.object({ judged: z.string(), today: z.string() }).nullable(),
  /** What the two say differently, a sentence each. */
  differences: z.array(z.string()),
})
export type Recomputation = z.infer<typeof Recomputation>

const DIFFERENCES_MAX = 100

const impossible = (detail: string): Recomputation => ({ outcome: 'impossible', detail, digest: null, rules: null, differences: [] })

const sameRules = ({ rules }: Inputs): boolean => rules === ruleSetVersion()

const compared = (stored: Verdict, inputs: Inputs, again: Verdict): Recomputation => {
  const rules = { judged: inputs.rules, today: ruleSetVersion() }
  const digest = verdictDigest(again)
  if (digest === verdictDigest(stored)) {
    const by = sameRules(inputs) ? '' : ', though the rules are others than they were then'
    return {
      outcome: 'equal',
      detail: `Worked out again from its stored inputs, the verdict is the same to the byte${by}.`,
      digest,
      rules,
      differences: [],
    }
  }
  const all = differencesBetween(stored, again)
  const differences =
    all.length > DIFFERENCES_MAX ? [...all.slice(0, DIFFERENCES_MAX), `and ${all.length - DIFFERENCES_MAX} more`] : [...all]
  const why = sameRules(inputs) ? 'though the rules carry the same version' : 'and the rules are others than they were then'
  return {
    outcome: 'different',
    detail: `Worked out again from its stored inputs, the verdict is another one, ${why}.`,
    digest,
    rules,
    differences,
  }
}

/**
 * Works a stored verdict out again from its stored inputs. Under the rules of then it must come out the same; where the rules are others
 * by now, what they would say today is told.
 */
export const recomputed = async (ports: Pick<Ports, 'catalog' | 'objects'>, stored: Verdict): Promise<Recomputation> => {
  if (stored.inputs === undefined)
    return impossible(
      'It cannot be worked out again: the verdict is from before inputs were stored with verdicts. Simulate the livepatch to judge it anew.',
    )
  const inputs = await ports.catalog.inputs(stored.inputs)
  if (!inputs)
    return impossible(`It cannot be worked out again: its inputs ${stored.inputs} are not in the catalog, or were altered there.`)
  const judged = await judgedOnInputs(ports, inputs)
  if ('missing' in judged) return impossible(`It cannot be worked out again: livepatch ${judged.missing} is not in the catalog any more.`)
  const { verdict } = judgeRecorded(judged.asked)
  // The name of the rules is part of the inputs; others than then shall be told once and not as other inputs.
  return compared(stored, inputs, { ...verdict, inputs: stored.inputs })
}
