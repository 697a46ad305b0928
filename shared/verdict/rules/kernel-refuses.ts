import type { CohortCase } from '../cohort-case.ts'
import { holdsName } from '../holds-name.ts'
import type { Replay } from '../replay.ts'
import { block, cohortRule, nothing } from '../rule.ts'

const OWN_LINES = ['is not compatible with the already installed livepatches', 'not found', 'unresolvable ambiguity']

/** Refusals that name-resident, transition-in-progress, incompatible-states, symbol-missing and symbol-ambiguous tell better. */
const hasRuleOfItsOwn = (cohort: CohortCase, { result, log }: Replay): boolean =>
  (result === 'EEXIST' && holdsName(cohort)) ||
  (result === 'EBUSY' && cohort.stack.livepatches.some(({ transition }) => transition)) ||
  log.some(line => OWN_LINES.some(words => line.includes(words)))

export const kernelRefuses = cohortRule({
  id: 'kernel-refuses',
  law: 'A load that the simulated kernel refuses is not tried on a real one.',
  source: 'the replay on the simulation core (shared/kernel)',
  judge: cohort => {
    const { livepatch, replay } = cohort
    // By disabling it is route-not-proved that tells where the kernel stops.
    if (!replay || cohort.route !== 'replace' || replay.result === 'OK' || hasRuleOfItsOwn(cohort, replay)) return nothing
    return block({
      message: `The simulated kernel refuses ${livepatch.name} on these hosts with ${replay.result}.`,
      evidence: { livepatch: livepatch.name, result: replay.result, log: replay.log },
      remedy:
        'Read the kernel log in the evidence: it names the function or object that the kernel stumbles over. Correct it and build the livepatch again.',
    })
  },
})
