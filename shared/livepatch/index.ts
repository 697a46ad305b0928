export { adoptionText, parseAdoption } from './adoption-text.ts'
export { comparableOf } from './comparable-of.ts'
export { type CallbackOf, type Comparable, type Comparison, compareLivepatches, type FunctionOf } from './compare-livepatches.ts'
export { compareVersions } from './compare-versions.ts'
export { digestOfModule } from './digest-of-module.ts'
export { codeAfter, functionKey, functionName, objectName } from './function-name.ts'
export { inspectSchema } from './inspect-schema.ts'
export {
  InspectAnswer,
  type InspectedFunction,
  InspectedModule,
  type InspectedObject,
  type InspectedPatch,
  type InspectedSignature,
} from './inspected-module.ts'
export { judgeSignature } from './judge-signature.ts'
export type { Limits } from './limits.ts'
export {
  type Adoption,
  CALLBACK_KINDS,
  type CallbackKind,
  Digest,
  Manifest,
  type PatchedFunction,
  type PatchedObject,
  type SystemState,
} from './manifest.ts'
export { type ManifestRefusal, type ManifestResult, manifestOf, Statement } from './manifest-of.ts'
export { printable } from './printable.ts'
export { type ReadOptions, type ReadResult, readModule } from './read-module.ts'
export type { Refusal, RefusalCode } from './refusal.ts'
export type { Certificate } from './signature/verify-signature.ts'
export type { Warning } from './warnings.ts'
