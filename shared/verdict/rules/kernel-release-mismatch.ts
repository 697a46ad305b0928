import { block, cohortRule, nothing } from '../rule.ts'

export const kernelReleaseMismatch = cohortRule({
  id: 'kernel-release-mismatch',
  law: 'A livepatch loads only on the kernel release that it was built for.',
  source: 'kernel/module/main.c: check_modinfo compares vermagic and answers ENOEXEC',
  judge: ({ livepatch, stack }) =>
    livepatch.kernelRelease === stack.kernelRelease
      ? nothing
      : block({
          message: `${livepatch.name} was built for kernel ${livepatch.kernelRelease}, these hosts run ${stack.kernelRelease}; the load would fail with ENOEXEC.`,
          evidence: { livepatch: livepatch.name, builtFor: livepatch.kernelRelease, running: stack.kernelRelease },
          remedy: `Build the livepatch for ${stack.kernelRelease} too, or keep these hosts in a fleet of their own.`,
        }),
})
