import { createHash, verify, X509Certificate } from 'node:crypto'
import type { Warnings } from '../warnings.ts'
import { contentOf, type DerNode, encodingOf, oidOf, readDer, TAG } from './der.ts'
import type { Pkcs7, Signer } from './read-pkcs7.ts'

/** A certificate to judge signatures with. */
export type Certificate = {
  /** How the answer calls it, for example its file's name without suffix. */
  readonly name: string
  /** PEM or DER. */
  readonly bytes: Uint8Array | string
  /** False: known, but only trusted if an anchor issued it. */
  readonly anchor?: boolean
}

export type Verification = {
  readonly signerMatched: boolean
  /** Null: nobody can tell, and `why` says why. */
  readonly valid: boolean | null
  readonly trusted: boolean
  readonly why?: string
  readonly each: Readonly<Record<string, { signerMatched: boolean; valid: boolean | null }>>
}

type Known = {
  name: string
  anchor: boolean
  certificate: X509Certificate
  issuer: Uint8Array
  serial: Uint8Array
  keyId: Uint8Array | null
}

const SUBJECT_KEY_ID = '2.5.29.14'
const CHAIN_MAX = 8

/**
 * Three answers: is a given certificate the signer's, are the signed bytes intact, is the signer trusted. Dates are not looked at, as the
 * kernel doesn't for module keys (crypto/asymmetric_keys). The order of the certificates does not matter.
 */
export const verifySignature = (pkcs7: Pkcs7, body: Uint8Array, certificates: readonly Certificate[], warnings: Warnings): Verification => {
  const known = certificates.flatMap(given => parse(given, warnings))
  const each: Record<string, { signerMatched: boolean; valid: boolean | null }> = Object.create(null)
  let best: { known: Known; check: Check } | null = null
  for (const one of known) {
    const check = isSigner(one, pkcs7.signer) ? checkWith(one, pkcs7, body) : null
    each[one.name] = { signerMatched: check !== null, valid: check?.valid ?? null }
    if (check && (best === null || check.valid === true)) best = { known: one, check }
  }
  if (!best) return { signerMatched: false, valid: null, trusted: false, why: 'no given certificate is the signer', each: { ...each } }
  const { valid, why } = best.check
  return {
    signerMatched: true,
    valid,
    trusted: valid === true && reachesAnchor(best.known, known),
    ...(why ? { why } : {}),
    each: { ...each },
  }
}

const parse = ({ name, bytes, anchor = true }: Certificate, warnings: Warnings): Known[] => {
  const bad = (why: string): Known[] => {
    warnings.add('bad-certificate', null, null, `the certificate ${name} ${why}`)
    return []
  }
  try {
    const certificate = new X509Certificate(bytes)
    const der = certificate.raw
    const named = namesIn(der)
    return named ? [{ name, anchor, certificate, ...named }] : bad('has no readable issuer and serial number')
  } catch (error) {
    return bad(`cannot be read: ${messageOf(error)}`)
  }
}

/** node:crypto throws errors of many kinds; all of them mean that it cannot answer. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)

/** TBSCertificate: [0] version, serial number, algorithm, issuer, validity, subject, key, …, [3] extensions (RFC 5280 section 4.1). */
const namesIn = (der: Uint8Array): Pick<Known, 'issuer' | 'serial' | 'keyId'> | null => {
  const fields = readDer(der)?.children[0]?.children ?? []
  const [serial, , issuer] = fields[0]?.tag === TAG.CONTEXT_0_BUILT ? fields.slice(1) : fields
  if (serial?.tag !== TAG.INTEGER || issuer?.tag !== TAG.SEQUENCE) return null
  const extensions = fields.find(field => field.tag === TAG.CONTEXT_3_BUILT)?.children[0]?.children ?? []
  const keyId = extensions.find(extension => oidOf(der, extension.children[0]) === SUBJECT_KEY_ID)?.children.at(-1)
  return { issuer: encodingOf(der, issuer), serial: contentOf(der, serial), keyId: keyId ? octetsInside(der, keyId) : null }
}

const octetsInside = (der: Uint8Array, wrapped: DerNode): Uint8Array | null => {
  const inside = contentOf(der, wrapped)
  const node = readDer(inside)
  return node?.tag === TAG.OCTET_STRING ? contentOf(inside, node) : null
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

const isSigner = (known: Known, signer: Signer): boolean =>
  signer.kind === 'issuer'
    ? isSame(known.issuer, signer.issuer) && isSame(known.serial, signer.serial)
    : known.keyId !== null && isSame(known.keyId, signer.keyId)

type Check = { valid: boolean | null; why?: string }

const checkWith = ({ certificate }: Known, pkcs7: Pkcs7, body: Uint8Array): Check => {
  const { digestAlgorithm, attributes, signature } = pkcs7
  if (!/^[a-z]/.test(digestAlgorithm)) return { valid: null, why: `the digest ${digestAlgorithm} is not known here` }
  try {
    if (attributes) {
      if (!attributes.messageDigest) return { valid: false, why: 'the signed attributes hold no digest' }
      if (!isSame(createHash(digestAlgorithm).update(body).digest(), attributes.messageDigest))
        return { valid: false, why: 'the digest in the signed attributes is another' }
    }
    return { valid: verify(digestAlgorithm, attributes?.encoded ?? body, certificate.publicKey, signature) }
  } catch (error) {
    return { valid: null, why: `this OpenSSL cannot check it: ${messageOf(error)}` }
  }
}

const reachesAnchor = (from: Known, known: readonly Known[]): boolean => {
  let current: Known | undefined = from
  for (let steps = 0; current && steps < CHAIN_MAX; steps += 1) {
    if (current.anchor) return true
    const child: Known = current
    current = known.find(
      issuer =>
        issuer !== child && child.certificate.checkIssued(issuer.certificate) && child.certificate.verify(issuer.certificate.publicKey),
    )
  }
  return false
}
