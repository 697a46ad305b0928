import { digestOf } from '../canonical/index.ts'
import { Manifest } from '../livepatch/index.ts'
import { Inputs, Verdict } from '../verdict/index.ts'
import { blobItems, readBlob, readBlobs, writeBlob } from './blob.ts'
import { itemOf, type Key, padded, text } from './item.ts'
import { listPage } from './listing.ts'
import type { Catalog, Page, PageRequest } from './ports.ts'
import { type Recent, recent } from './recent.ts'
import { type Expression, IS_NEW, type Table, type Write } from './table.ts'

/*
 * The catalog's items; immutable, all of them.
 *
 *   pk                  sk                        what
 *   patch#<digest>      manifest[#…]              a manifest, gzip, in chunks
 *   name#<name>         name                      which livepatch has a module name, and who submitted it
 *   series#<series>     <version, padded>         which livepatch is a version of a series
 *   patches             <submitted at>#<digest>   all of them, for listing
 *   verdict#<digest>    verdict[#…]               a verdict, gzip, in chunks
 *   inputs#<digest>     inputs[#…]                what verdicts were worked out from, gzip, in chunks
 */

const PATCHES = 'patches'
const manifestKey = (digest: string): Key => ({ pk: `patch#${digest}`, sk: 'manifest' })
const verdictKey = (digest: string): Key => ({ pk: `verdict#${digest}`, sk: 'verdict' })
const inputsKey = (digest: string): Key => ({ pk: `inputs#${digest}`, sk: 'inputs' })
const nameKey = (name: string): Key => ({ pk: `name#${name}`, sk: 'name' })

/** Versions that compare as equal are one key (`2` is `2.0`), and keys sort as versions do. */
export const versionKey = (version: string): string => {
  const numbers = version.split('.').map(Number)
  return [0, 1, 2, 3].map(index => padded(numbers[index] ?? 0, 9)).join('.')
}

const readManifest = (json: string): Manifest => Manifest.parse(JSON.parse(json))

/** Free, or taken by this very livepatch. */
const own = (digest: string): Expression => ({
  text: 'attribute_not_exists(pk) OR #digest = :digest',
  names: { digest: 'digest' },
  values: { digest },
})

/** The positions of the reservations are NAME and SERIES; what follows cannot fail unless the livepatch is there. */
const NAME = 0
const SERIES = 1
const submitWrites = (manifest: Manifest, at: number, by: string): Write[] => {
  const { digest, name, series, version } = manifest
  const [first, ...rest] = blobItems(manifestKey(digest), JSON.stringify(manifest))
  const submittedAt = new Date(at).toISOString()
  return [
    { put: itemOf({ ...nameKey(name), digest, by }), if: own(digest) },
    { put: itemOf({ pk: `series#${series}`, sk: versionKey(version), digest }), if: own(digest) },
    ...(first ? [{ put: first, if: IS_NEW }] : []),
    ...rest.map(put => ({ put })),
    { put: itemOf({ pk: PATCHES, sk: `${submittedAt}#${digest}`, digest, by }) },
  ]
}

const submit = async (table: Table, manifest: Manifest, at: number, by: string): ReturnType<Catalog['submit']> => {
  if ((await table.get(manifestKey(manifest.digest))) !== null) return { ok: true, outcome: 'present' }
  const outcome = await table.transact(submitWrites(manifest, at, by))
  if (outcome.ok) return { ok: true, outcome: 'stored' }
  const taken = outcome.failed.get(NAME) ?? outcome.failed.get(SERIES)
  // Neither reservation failed: another submission of the same bytes was faster.
  return taken ? { ok: false, error: 'taken', by: text(taken, 'digest') } : { ok: true, outcome: 'present' }
}

type Kept = { readonly manifests: Recent<Manifest>; readonly verdicts: Recent<Verdict> }
/** Characters of JSON. What is under a digest never changes, so what was read once is not read again. */
const KEPT_MAX = 8_000_000

const readManifests = async (table: Table, { manifests }: Kept, digests: readonly string[]): Promise<ReadonlyMap<string, Manifest>> => {
  const known = digests.flatMap(digest => manifests.get(digest) ?? [])
  const missing = digests.filter(digest => manifests.get(digest) === undefined)
  const texts = missing.length === 0 ? [] : [...(await readBlobs(table, missing.map(manifestKey))).values()]
  const read = texts.map(json => ({ manifest: readManifest(json), weight: json.length }))
  for (const { manifest, weight } of read) manifests.put(manifest.digest, manifest, weight)
  return new Map([...known, ...read.map(({ manifest }) => manifest)].map(manifest => [manifest.digest, manifest]))
}

const readVerdict = async (table: Table, { verdicts }: Kept, digest: string): Promise<Verdict | null> => {
  const known = verdicts.get(digest)
  if (known) return known
  const first = await table.get(verdictKey(digest))
  if (first === null) return null
  const json = await readBlob(table, first)
  const verdict = Verdict.parse(JSON.parse(json))
  verdicts.put(digest, verdict, json.length)
  return verdict
}

const list = async (table: Table, kept: Kept, series: string | undefined, page: PageRequest): Promise<Page<Manifest>> => {
  const partition = { value: series === undefined ? PATCHES : `series#${series}` }
  const found = await listPage({ table, order: 'newest-first' }, partition, page, item => text(item, 'digest'))
  const manifests = await readManifests(table, kept, found.items)
  return { ...found, items: found.items.flatMap(digest => manifests.get(digest) ?? []) }
}

const putOnce = async (table: Table, key: Key, value: unknown): Promise<void> => {
  if ((await table.get(key)) === null) await writeBlob(table, key, JSON.stringify(value))
}

/** Manifests and verdicts by digest. Listed newest first: by submission, or by version within a series. */
export const openCatalog = (table: Table): Catalog => {
  const kept: Kept = { manifests: recent(KEPT_MAX), verdicts: recent(KEPT_MAX) }
  const manifest = async (digest: string): Promise<Manifest | null> => (await readManifests(table, kept, [digest])).get(digest) ?? null
  return {
    submit: (one, at, by) => submit(table, one, at, by),
    manifest,
    manifests: digests => readManifests(table, kept, digests),
    byName: async name => {
      const item = await table.get(nameKey(name))
      return item && manifest(text(item, 'digest'))
    },
    author: async name => (await table.get(nameKey(name)))?.['by']?.S ?? null,
    list: ({ series }, page) => list(table, kept, series, page),
    putVerdict: async (verdict, inputs) => {
      const digest = digestOf(verdict)
      if (inputs) await putOnce(table, inputsKey(digestOf(inputs)), inputs)
      await putOnce(table, verdictKey(digest), verdict)
      return digest
    },
    verdict: digest => readVerdict(table, kept, digest),
    inputs: async digest => {
      const first = await table.get(inputsKey(digest))
      const inputs = first && Inputs.parse(JSON.parse(await readBlob(table, first)))
      return inputs && digestOf(inputs) === digest ? inputs : null
    },
  }
}
