import { block, cohortRule, nothing } from '../rule.ts'
import { listed } from '../wording.ts'

export const routeNotProved = cohortRule({
  id: 'route-not-proved',
  law: 'A route by disabling is taken only where the simulated kernel goes along with every step and nothing stays that nobody undoes.',
  source:
    'the replay of the whole route on the simulation core (shared/kernel); kernel/livepatch/core.c: enabled_store, __klp_disable_patch',
  judge: ({ livepatch, route, byDisabling, running }) => {
    if (route === 'replace' || byDisabling === null || byDisabling.proved) return nothing
    const names = listed(running.map(({ manifest }) => manifest.name))
    return block({
      message: `Disabling ${names} and loading ${livepatch.name} then is not proved on these hosts: ${listed(byDisabling.reasons)}.`,
      evidence: {
        livepatch: livepatch.name,
        disables: byDisabling.disables,
        loads: byDisabling.loads,
        reasons: byDisabling.reasons,
      },
      remedy: `Mend what the reasons name, or propose ${livepatch.name} by the route replace, or over a bridge; a reboot gives these hosts a kernel with nothing left behind.`,
    })
  },
})
