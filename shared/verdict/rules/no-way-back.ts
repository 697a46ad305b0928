import { cohortRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const noWayBack = cohortRule({
  id: 'no-way-back',
  law: 'Before hosts move, the way back to what they run now is known.',
  source: 'the guard of missing-callback, applied from the proposed livepatch to what runs now',
  judge: ({ livepatch, running, situation, wayBack }) => {
    if (situation !== 'load' || wayBack.way !== 'none') return nothing
    const now = running.length === 0 ? 'no livepatch' : listed(running.map(({ manifest }) => manifest.name))
    return review({
      message: `Once ${livepatch.name} is loaded these hosts cannot go back to ${now} without a reboot: ${listed(wayBack.reasons)}.`,
      evidence: { livepatch: livepatch.name, back: running.map(({ manifest }) => manifest.name), reasons: wayBack.reasons },
      remedy:
        'Approve it as a one-way change, or build the livepatch so that it can be disabled: every pre_patch and post_patch with its counterpart.',
    })
  },
})
