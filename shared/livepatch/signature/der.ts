/**
 * A strict reader of DER (ITU-T X.690): definite, minimal lengths, low tag numbers, bounded depth and count. PKCS#7 in a module is attacker's
 * input; asn1js and pkijs would read more of the world's BER, recursively, and weigh 70 and 400 KB in a function of 300.
 */
export type DerNode = {
  /** Identifier octet: class, constructed bit, number. */
  readonly tag: number
  /** Where the identifier octet stands, in the bytes that were read. */
  readonly start: number
  readonly contentStart: number
  readonly end: number
  readonly children: readonly DerNode[]
}

export const TAG = {
  INTEGER: 0x02,
  OCTET_STRING: 0x04,
  OID: 0x06,
  SEQUENCE: 0x30,
  SET: 0x31,
  CONTEXT_0: 0x80,
  CONTEXT_0_BUILT: 0xa0,
  CONTEXT_1_BUILT: 0xa1,
  CONTEXT_3_BUILT: 0xa3,
} as const

const DEPTH_MAX = 16
const NODES_MAX = 4096

type Open = DerNode & { children: DerNode[] }

/** Reads one value that fills the bytes; null: not strict DER. Iterative, because the depth is the file's choice. */
export const readDer = (bytes: Uint8Array): DerNode | null => {
  const root: Open = { tag: TAG.SEQUENCE, start: 0, contentStart: 0, end: bytes.length, children: [] }
  const open: Open[] = [root]
  let at = 0
  for (let nodes = 0; nodes < NODES_MAX; nodes += 1) {
    let parent = open.at(-1)
    while (parent && at === parent.end) {
      open.pop()
      if (parent === root) return root.children.length === 1 ? (root.children[0] ?? null) : null
      parent = open.at(-1)
    }
    const head = parent && readHead(bytes, at, parent.end)
    if (!parent || !head) return null
    const node: Open = { ...head, start: at, children: [] }
    parent.children.push(node)
    const isConstructed = (head.tag & 0x20) !== 0
    if (isConstructed) {
      if (open.length > DEPTH_MAX) return null
      open.push(node)
    }
    at = isConstructed ? node.contentStart : node.end
  }
  return null
}

const readHead = (bytes: Uint8Array, at: number, limit: number): { tag: number; contentStart: number; end: number } | null => {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined || at + 2 > limit || (tag & 0x1f) === 0x1f) return null
  if (first < 0x80) return at + 2 + first <= limit ? { tag, contentStart: at + 2, end: at + 2 + first } : null
  const count = first & 0x7f
  if (count === 0 || count > 3 || at + 2 + count > limit || bytes[at + 2] === 0) return null
  let length = 0
  for (let index = 0; index < count; index += 1) length = length * 256 + (bytes[at + 2 + index] ?? 0)
  const contentStart = at + 2 + count
  return length >= 0x80 && contentStart + length <= limit ? { tag, contentStart, end: contentStart + length } : null
}

export const contentOf = (bytes: Uint8Array, node: DerNode): Uint8Array => bytes.subarray(node.contentStart, node.end)
/** The whole value, identifier and length included. */
export const encodingOf = (bytes: Uint8Array, node: DerNode): Uint8Array => bytes.subarray(node.start, node.end)

/** Dotted form of an OBJECT IDENTIFIER; empty where the node is none. */
export const oidOf = (bytes: Uint8Array, node: DerNode | undefined): string => {
  if (node?.tag !== TAG.OID || node.end === node.contentStart || node.end - node.contentStart > 32) return ''
  const arcs: number[] = []
  let arc = 0
  for (const byte of contentOf(bytes, node)) {
    arc = arc * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    arcs.push(arc)
    arc = 0
  }
  const [first = 0, ...rest] = arcs
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join('.')
}

/** An INTEGER's magnitude as upper-case hex, without the leading zero that keeps it positive. */
export const hexOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes[0] === 0 && bytes.length > 1 ? bytes.subarray(1) : bytes)
    .toString('hex')
    .toUpperCase()
