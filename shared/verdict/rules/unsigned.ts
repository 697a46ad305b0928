import { livepatchRule, nothing, review } from '../rule.ts'

export const unsigned = livepatchRule({
  id: 'unsigned',
  law: 'A module without a signature taints the kernel, and kernels that enforce signatures refuse it.',
  source: 'kernel/module/signing.c: module_sig_check',
  judge: ({ name, signature }) =>
    signature.present
      ? nothing
      : review({
          message: `${name} is not signed. Hosts that enforce module signatures refuse it with EKEYREJECTED.`,
          evidence: { livepatch: name, signature },
          remedy: 'Sign the module with a key that the hosts trust (scripts/sign-file), and submit the signed file.',
        }),
})
