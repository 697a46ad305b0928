import { block, livepatchRule, nothing } from '../rule.ts'

export const brokenSignature = livepatchRule({
  id: 'broken-signature',
  law: 'A module whose signature does not hold is refused even by kernels that do not ask for one.',
  source: 'kernel/module/signing.c: module_sig_check, every error but a missing or unknown key is fatal',
  judge: ({ name, signature }) => {
    if (!signature.present || (signature.malformed === undefined && signature.valid !== false)) return nothing
    return block({
      message: `The signature of ${name} ${signature.malformed === undefined ? 'does not fit its bytes' : `cannot be read: ${signature.malformed}`}.`,
      evidence: { livepatch: name, signature },
      remedy: 'The file was changed after it was signed, or signed wrongly: take it from where it was built, or sign it again.',
    })
  },
})
