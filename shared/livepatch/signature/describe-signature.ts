import type { InspectedSignature } from '../inspected-module.ts'
import type { Warnings } from '../warnings.ts'
import { readPkcs7, type Signer, serialOf } from './read-pkcs7.ts'
import type { Split } from './split-signature.ts'
import { type Certificate, verifySignature } from './verify-signature.ts'

const describeSigner = (signer: Signer): NonNullable<InspectedSignature['signer']> =>
  signer.kind === 'issuer'
    ? { type: 'issuerAndSerialNumber', issuerCN: signer.commonName, serial: serialOf(signer) }
    : { type: 'subjectKeyIdentifier', keyId: Buffer.from(signer.keyId).toString('hex').toUpperCase() }

const UNCHECKED = { valid: null, signerMatched: null, trusted: null } as const

/** What the file says of its signature, and, with certificates, what it is worth. Without them that stays open: null, not false. */
export const describeSignature = (
  split: Split,
  certificates: readonly Certificate[] | undefined,
  warnings: Warnings,
): InspectedSignature => {
  if (split.kind === 'unsigned') return { present: false }
  if (split.kind === 'malformed') return { present: true, malformed: split.why, ...UNCHECKED }
  const pkcs7 = readPkcs7(split.der)
  if (typeof pkcs7 === 'string') {
    warnings.add('malformed-signature', null, split.elf.length, pkcs7)
    return { present: true, malformed: pkcs7, inner: split.inner, ...UNCHECKED }
  }
  if (pkcs7.signers > 1)
    warnings.add('several-signers', null, split.elf.length, `${pkcs7.signers} signers in one signature; the first is read`)
  if (split.inner)
    warnings.add('signed-twice', null, split.elf.length, 'the signed bytes end in another signature; only the outer one counts')
  if (pkcs7.attributes?.foreign)
    warnings.add(
      'refused-attribute',
      null,
      split.elf.length,
      'signed attributes that only Authenticode may have, such as S/MIME capabilities: the kernel refuses the module (EKEYREJECTED), whether it enforces signatures or not',
    )
  const checked = certificates ? verifySignature(pkcs7, split.elf, certificates, warnings) : null
  return {
    present: true,
    container: 'PKCS#7',
    digestAlgorithm: pkcs7.digestAlgorithm,
    signatureAlgorithm: pkcs7.signatureAlgorithm,
    signedAttributes: pkcs7.attributes !== null,
    certificatesIncluded: pkcs7.certificatesIncluded,
    signer: describeSigner(pkcs7.signer),
    inner: split.inner,
    ...(checked ? { valid: checked.valid, signerMatched: checked.signerMatched, trusted: checked.trusted } : UNCHECKED),
    ...(checked?.why ? { why: checked.why } : {}),
    withoutCertificates: { valid: null, trusted: null },
    ...(checked ? { withCertificates: checked.each } : {}),
  }
}
