export { compareVersions } from './compare-versions.ts'
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
