import { cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const initExitEffects = cohortRule({
  id: 'init-exit-effects',
  law: 'Removing a replaced livepatch later runs its exit, which may free shadow variables that the new livepatch uses.',
  source: 'kernel/module/main.c: delete_module calls exit; Documentation/livepatch/shadow-vars.rst frees with klp_shadow_free_all',
  judge: ({ livepatch, running, residents, situation, route }) => {
    if (situation !== 'load' || !livepatch.shadowImports.some(name => name.startsWith('klp_shadow_get'))) return nothing
    const replaced = livepatch.replace && route === 'replace' ? running.map(({ manifest }) => manifest) : []
    const freeing = [...replaced, ...residents]
      .filter(({ name, shadowImports }) => name !== livepatch.name && shadowImports.includes('klp_shadow_free_all'))
      .map(({ name }) => name)
    if (freeing.length === 0) return nothing
    return review({
      message: `${listed(freeing)} can free all shadow variables of an id, and ${livepatch.name} uses shadow variables. If that happens in the exit, removing ${listed(freeing)} later takes them away.`,
      evidence: { livepatch: livepatch.name, freeing },
      remedy: `Leave the modules ${listed(freeing)} in memory, or have the author confirm that their exit frees nothing.`,
    })
  },
})
