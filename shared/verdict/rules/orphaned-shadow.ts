import type { Manifest } from '../../livepatch/index.ts'
import { cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

const ALLOCATING = ['klp_shadow_alloc', 'klp_shadow_get_or_alloc']

const allocates = ({ shadowImports }: Manifest): boolean => shadowImports.some(name => ALLOCATING.includes(name))

export const orphanedShadow = cohortRule({
  id: 'orphaned-shadow',
  law: 'Shadow variables outlive the livepatch that made them; one that nobody uses any more is never freed.',
  source: 'kernel/livepatch/shadow.c: the table is global and no replace touches it; Documentation/livepatch/shadow-vars.rst',
  judge: ({ livepatch, running, situation }) => {
    if (situation !== 'load' || !livepatch.replace || livepatch.shadowImports.length > 0) return nothing
    const makers = running.filter(({ manifest }) => allocates(manifest)).map(({ manifest }) => manifest.name)
    if (makers.length === 0) return nothing
    return review({
      message: `${listed(makers)} attaches shadow variables, and ${livepatch.name} does not know of them: those that exist stay allocated.`,
      evidence: { livepatch: livepatch.name, makers },
      remedy: `Free them in a callback of ${livepatch.name} (klp_shadow_free_all), or accept the memory until the reboot.`,
    })
  },
})
