import { cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const modulePinned = cohortRule({
  id: 'module-pinned',
  law: 'After a forced transition some livepatch module can never be unloaded, so the host takes part in no change until it reboots, and keeps none from others.',
  source: 'kernel/livepatch/transition.c: klp_force_transition; klp_free_patch_finish keeps the reference of a forced livepatch',
  judge: ({ stack, hosts }) => {
    if (!stack.forced) return nothing
    const pinned = stack.resident.filter(({ refcnt }) => refcnt > 0).map(({ name }) => name)
    const which = pinned.length > 0 ? listed(pinned) : 'a livepatch of an older transition'
    return review({
      message: `A transition was forced on ${hosts === 1 ? 'this host' : `these ${hosts} hosts`}; ${which} stays in memory. They are left out.`,
      evidence: { pinned, hosts },
      remedy: 'Reboot them; they then load what the fleet runs.',
    })
  },
})
