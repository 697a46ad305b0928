import { livepatchRule, nothing, review } from '../rule.ts'

export const untrustedSignature = livepatchRule({
  id: 'untrusted-signature',
  law: 'A signature by a key that nobody vouches for proves nothing.',
  source: 'kernel/module/signing.c: mod_verify_sig answers ENOKEY for a key outside the trusted keyrings',
  judge: ({ name, signature }) =>
    !signature.present || signature.trusted !== false || signature.valid === false
      ? nothing
      : review({
          message: `${name} is signed by ${signature.signer ?? 'an unnamed key'}, which is not among the trusted ones.`,
          evidence: { livepatch: name, signature },
          remedy: 'Sign with a trusted key, or have the owners of the fleet add this one.',
        }),
})
