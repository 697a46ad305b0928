import { livepatchRule, note, nothing, review } from '../rule.ts'
import { listed } from '../wording.ts'

/** Fields that the simulation rests on: a wrong statement here makes the whole verdict wrong. */
const SIMULATED: readonly string[] = ['objects', 'replace', 'states', 'kernelRelease', 'name']

export const statedNotRead = livepatchRule({
  id: 'stated-not-read',
  law: 'What rests on the submitter’s word and not on the file is said, because the module’s signature does not cover it.',
  source: 'shared/livepatch: manifest.stated',
  judge: ({ name, stated }) => {
    if (stated.length === 0) return nothing
    const found = {
      message: `Of ${name}, the file does not say ${listed(stated)}; the verdict takes the submission’s word.`,
      evidence: { livepatch: name, stated },
      remedy: 'Write series, version, fixes and adopts into the module (MODULE_INFO), and initialise the klp_patch statically.',
    }
    return stated.some(field => SIMULATED.includes(field)) ? review(found) : note(found)
  },
})
