import { objectName } from '../../livepatch/index.ts'
import { unpairedCallbacks } from '../obligations.ts'
import { livepatchRule, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

export const unpairedCallback = livepatchRule({
  id: 'unpaired-callback',
  law: 'What pre_patch or post_patch does is undone by post_unpatch or pre_unpatch, or it stays for ever.',
  source: 'Documentation/livepatch/callbacks.rst: pre_patch pairs with post_unpatch, post_patch with pre_unpatch',
  judge: livepatch => {
    const alone = livepatch.objects
      .filter(object => !livepatch.adopts.some(adoption => adoption.object === object.name))
      .flatMap(object => unpairedCallbacks(object).map(callback => `${objectName(object.name)}:${callback}`))
    if (alone.length === 0) return nothing
    return review({
      message: `${livepatch.name} has ${listed(alone)} without a counterpart, so not even disabling it takes back what that does.`,
      evidence: { livepatch: livepatch.name, callbacks: alone },
      remedy: 'Add the counterpart, or confirm that the callback only looks and changes nothing.',
    })
  },
})
