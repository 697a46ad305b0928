import { cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const downgrade = cohortRule({
  id: 'downgrade',
  law: 'A livepatch that is older in its series than what hosts run was built without knowing what they run.',
  source: 'Documentation/livepatch/cumulative-patches.rst: the newer livepatch handles what older ones did, never the other way',
  judge: ({ livepatch, running }) => {
    const newer = running.filter(({ order }) => order === 'older').map(({ manifest }) => manifest)
    if (newer.length === 0) return nothing
    const names = newer.map(({ name, version }) => `${name} (version ${version})`)
    return review({
      message: `${livepatch.name} (version ${livepatch.version}) is older than ${listed(names)} of the same series ${livepatch.series}.`,
      evidence: { livepatch: livepatch.name, version: livepatch.version, newer: newer.map(({ name, version }) => ({ name, version })) },
      remedy: 'Propose a newer livepatch that takes back what has to go, or approve the way down knowingly.',
    })
  },
})
