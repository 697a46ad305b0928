import { judgeSignature, type Manifest } from '../shared/livepatch/index.ts'
import { moduleKey } from './directive/instruction-of.ts'
import type { Ports } from './ports.ts'

/** A manifest with what its file's signature is worth to a fleet that says whom it trusts. */
export const withTrust = async ({ objects }: Pick<Ports, 'objects'>, trust: readonly string[], livepatch: Manifest): Promise<Manifest> => {
  if (!livepatch.signature.present || trust.length === 0) return livepatch
  const bytes = await objects.get(moduleKey(livepatch.digest))
  if (!bytes) throw new Error(`the storage has no module ${livepatch.digest}`)
  const certificates = trust.map((pem, index) => ({ name: `trusted-${index + 1}`, bytes: pem }))
  return { ...livepatch, signature: { ...livepatch.signature, ...judgeSignature(bytes, certificates) } }
}
