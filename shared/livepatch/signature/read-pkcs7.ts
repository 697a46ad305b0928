import { DIGESTS, SIGNATURES } from './algorithms.ts'
import { contentOf, type DerNode, encodingOf, hexOf, oidOf, readDer, TAG } from './der.ts'

/** What a detached PKCS#7 signature says (RFC 5652 sections 3 and 5): one signer, in sign-file's output no certificates and no attributes. */
export type Pkcs7 = {
  readonly digestAlgorithm: string
  readonly signatureAlgorithm: string
  readonly signer: Signer
  readonly certificatesIncluded: number
  readonly signature: Uint8Array
  /** What was signed instead of the content: the attributes as a SET, and the content's digest that they hold. */
  readonly attributes: {
    readonly encoded: Uint8Array
    readonly messageDigest: Uint8Array | null
    /** An attribute that the kernel takes from Authenticode only. */
    readonly foreign: boolean
  } | null
  readonly signers: number
}

export type Signer =
  | { readonly kind: 'issuer'; readonly issuer: Uint8Array; readonly commonName: string | null; readonly serial: Uint8Array }
  | { readonly kind: 'key'; readonly keyId: Uint8Array }

const SIGNED_DATA = '1.2.840.113549.1.7.2'
const MESSAGE_DIGEST = '1.2.840.113549.1.9.4'
const COMMON_NAME = '2.5.4.3'
/** S/MIME capabilities, Microsoft's SpOpusInfo and StatementType (crypto/asymmetric_keys/pkcs7_parser.c, pkcs7_sig_note_authenticated_attr). */
const AUTHENTICODE_ONLY = new Set(['1.2.840.113549.1.9.15', '1.3.6.1.4.1.311.2.1.12', '1.3.6.1.4.1.311.2.1.11'])

/** Reads the structure; a sentence where it is none. Nothing is verified here. */
export const readPkcs7 = (der: Uint8Array): Pkcs7 | string => {
  const root = readDer(der)
  if (!root) return 'the signature is no strict DER'
  const [type, content] = root.children
  const data = content?.children[0]
  if (oidOf(der, type) !== SIGNED_DATA || content?.tag !== TAG.CONTEXT_0_BUILT || data?.tag !== TAG.SEQUENCE)
    return 'the signature is no PKCS#7 signed data'
  const infos = data.children.at(-1)
  const info = infos?.tag === TAG.SET ? infos.children[0] : undefined
  if (!infos || info?.tag !== TAG.SEQUENCE) return 'the signature names no signer'
  const certificates = data.children.find(child => child.tag === TAG.CONTEXT_0_BUILT)
  const read = readSignerInfo(der, info)
  return typeof read === 'string'
    ? read
    : { ...read, certificatesIncluded: certificates?.children.length ?? 0, signers: infos.children.length }
}

const readSignerInfo = (der: Uint8Array, info: DerNode): Omit<Pkcs7, 'certificatesIncluded' | 'signers'> | string => {
  const [version, sid, digest, ...rest] = info.children
  const attributes = rest[0]?.tag === TAG.CONTEXT_0_BUILT ? rest[0] : undefined
  const [algorithm, signature] = attributes ? rest.slice(1) : rest
  if (
    version?.tag !== TAG.INTEGER ||
    !sid ||
    digest?.tag !== TAG.SEQUENCE ||
    algorithm?.tag !== TAG.SEQUENCE ||
    signature?.tag !== TAG.OCTET_STRING
  )
    return 'the signer information is malformed'
  const signer = readSigner(der, sid)
  if (!signer) return 'the signer is neither named by issuer and serial number nor by key'
  const [digestOid, signatureOid] = [oidOf(der, digest.children[0]), oidOf(der, algorithm.children[0])]
  return {
    digestAlgorithm: DIGESTS.get(digestOid) ?? digestOid,
    signatureAlgorithm: SIGNATURES.get(signatureOid) ?? signatureOid,
    signer,
    signature: contentOf(der, signature),
    attributes: attributes ? readAttributes(der, attributes) : null,
  }
}

const readSigner = (der: Uint8Array, sid: DerNode): Signer | null => {
  if (sid.tag === TAG.CONTEXT_0) return { kind: 'key', keyId: contentOf(der, sid) }
  const [issuer, serial] = sid.children
  if (sid.tag !== TAG.SEQUENCE || issuer?.tag !== TAG.SEQUENCE || serial?.tag !== TAG.INTEGER) return null
  return { kind: 'issuer', issuer: encodingOf(der, issuer), commonName: commonName(der, issuer), serial: contentOf(der, serial) }
}

/** Attributes are signed as a SET, though they stand there as [0] (RFC 5652 section 5.4). */
const readAttributes = (der: Uint8Array, attributes: DerNode): NonNullable<Pkcs7['attributes']> => {
  const encoded = Uint8Array.from(encodingOf(der, attributes))
  encoded[0] = TAG.SET
  const digest = attributes.children.find(attribute => oidOf(der, attribute.children[0]) === MESSAGE_DIGEST)?.children[1]?.children[0]
  return {
    encoded,
    messageDigest: digest?.tag === TAG.OCTET_STRING ? contentOf(der, digest) : null,
    foreign: attributes.children.some(attribute => AUTHENTICODE_ONLY.has(oidOf(der, attribute.children[0]))),
  }
}

const BMP_STRING = 0x1e

/** The last common name of a distinguished name. */
const commonName = (der: Uint8Array, name: DerNode): string | null => {
  const values = name.children.flatMap(set => set.children).filter(pair => oidOf(der, pair.children[0]) === COMMON_NAME)
  const value = values.at(-1)?.children[1]
  if (!value) return null
  const bytes = Buffer.from(contentOf(der, value))
  if (value.tag !== BMP_STRING) return bytes.toString('utf8')
  return bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : null
}

export const serialOf = (signer: Signer & { kind: 'issuer' }): string => hexOf(signer.serial)
