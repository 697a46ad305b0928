import type { Manifest } from '../../livepatch/index.ts'
import { block, cohortRule, nothing } from '../rule.ts'
import { listed } from '../wording.ts'

type Conflict = { readonly livepatch: string; readonly id: string; readonly has: number; readonly offers: number | null }

const conflictsWith = (livepatch: Manifest, running: Manifest): readonly Conflict[] =>
  running.states.flatMap(old => {
    const offered = livepatch.states.find(state => BigInt(state.id) === BigInt(old.id))
    const compatible = offered ? offered.version >= old.version : !livepatch.replace
    return compatible ? [] : [{ livepatch: running.name, id: old.id, has: old.version, offers: offered?.version ?? null }]
  })

const described = ({ livepatch, id, has, offers }: Conflict): string =>
  `state ${id} (${livepatch} has version ${has}, ${offers === null ? 'the new one does not know it' : `the new one version ${offers}`})`

export const incompatibleStates = cohortRule({
  id: 'incompatible-states',
  law: 'A cumulative livepatch must know every system state of the livepatches that it replaces, in the same or a higher version.',
  source: 'kernel/livepatch/state.c: klp_is_patch_compatible; klp_enable_patch answers EINVAL',
  judge: ({ livepatch, listed: others, stack, route }) => {
    if (route !== 'replace' || livepatch.kernelRelease !== stack.kernelRelease) return nothing
    const conflicts = others.filter(({ digest }) => digest !== livepatch.digest).flatMap(other => conflictsWith(livepatch, other))
    if (conflicts.length === 0) return nothing
    const names = listed([...new Set(conflicts.map(conflict => conflict.livepatch))])
    return block({
      message: `The kernel would refuse ${livepatch.name} with EINVAL: it does not take over ${listed(conflicts.map(described))}.`,
      evidence: { livepatch: livepatch.name, conflicts },
      remedy: `Declare these states in ${livepatch.name} in the versions named or higher, with callbacks that handle them, or disable ${names} first so that its own callbacks undo what it changed.`,
    })
  },
})
