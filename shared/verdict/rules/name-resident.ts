import { holdsName } from '../holds-name.ts'
import { block, cohortRule, note, nothing } from '../rule.ts'

export const nameResident = cohortRule({
  id: 'name-resident',
  law: 'A module does not load while another of its name is still resident.',
  source: 'kernel/module/main.c: add_unformed_module answers EEXIST',
  judge: cohort => {
    const { livepatch, stack, situation, removedFirst } = cohort
    if (situation !== 'load') return nothing
    if (holdsName(cohort))
      return block({
        message: `A module named ${livepatch.name} is resident and in use, so the load would fail with EEXIST.`,
        evidence: { livepatch: livepatch.name, enabled: stack.livepatches.some(({ name }) => name === livepatch.name) },
        remedy: 'Disable and remove it first, reboot where a forced transition pins it, or build the livepatch under another name.',
      })
    if (removedFirst.length === 0) return nothing
    return note({
      message: `A module named ${livepatch.name} is still resident from earlier; hosts remove it before they load, and its exit runs then.`,
      evidence: { livepatch: livepatch.name, resident: removedFirst },
      remedy: `Nothing, unless the exit of ${livepatch.name} undoes something that is in use.`,
    })
  },
})
