import type { Manifest } from '../shared/livepatch/index.ts'
import type { Route } from '../shared/rollout/index.ts'
import { judgeChange } from '../shared/verdict/index.ts'
import type { View } from './view.ts'

/**
 * Works the verdict's admission out again from what the machine runs now. Null: nothing speaks against the load; else what does.
 *
 * Only what the simulated kernel answers counts. Series, versions and adoptions may rest on the submission, which a host does not
 * have, so that its own downgrade guard could contradict a verdict that knew more; the stack digests in the directive carry that part.
 */
export const contradiction = (manifest: Manifest, view: View, known: readonly Manifest[], route: Route): string | null => {
  const verdict = judgeChange({
    livepatch: manifest,
    cohorts: [{ stack: view.stack, hosts: 1 }],
    known: new Map(known.map(other => [other.name, other])),
    route,
  })
  const [cohort] = verdict.cohorts
  if (!cohort || cohort.result === null || cohort.result === 'OK') return null
  const why = verdict.findings.find(({ severity }) => severity === 'block')?.message ?? cohort.log.join(' ')
  return `the simulated kernel answers ${cohort.result} on this host's live stack: ${why}`
}
