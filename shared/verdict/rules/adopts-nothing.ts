import { adoptionText } from '../../livepatch/index.ts'
import { livepatchRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const adoptsNothing = livepatchRule({
  id: 'adopts-nothing',
  law: 'An adoption names a callback that exists.',
  source: 'shared/livepatch: manifest.adopts, checked against the manifest of the livepatch that it names',
  judge: (livepatch, known) => {
    const empty = livepatch.adopts.filter(({ livepatch: name, object, callback }) => {
      const other = known.get(name)
      return other && !other.objects.some(candidate => candidate.name === object && candidate.callbacks[callback] !== undefined)
    })
    if (empty.length === 0) return nothing
    return review({
      message: `${livepatch.name} adopts ${listed(empty.map(adoptionText))}, which does not exist.`,
      evidence: { livepatch: livepatch.name, adopts: empty.map(adoptionText) },
      remedy: 'Correct the statement: <livepatch>:<object|vmlinux>:<callback>, with the names of the livepatch that is replaced.',
    })
  },
})
