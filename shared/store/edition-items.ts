import * as z from 'zod'
import { digestOf } from '../canonical/index.ts'
import type { Edition } from '../edition/index.ts'
import type { Commit } from '../history/index.ts'
import { CorruptItem, type Item, itemOf, type Key, padded, text, whole } from './item.ts'
import type { ActiveEdition, EditionHead } from './policy-ports.ts'
import type { Expression, Write } from './table.ts'

/*
 * Which policies are in force, in the ledger's table beside its own items (ledger-items.ts).
 *
 *   pk                  sk                      what
 *   policy              active                  which edition is in force: one item, read at the beginning of whatever asks policy
 *   policy-editions     000000000001            an edition, whole; written once
 */

export const ACTIVE_KEY: Key = { pk: 'policy', sk: 'active' }
export const EDITIONS = 'policy-editions'
export const editionKey = (number: number): Key => ({ pk: EDITIONS, sk: padded(number) })

/** The condition that an edition is (still) the one in force; 0: that none ever was. */
export const isInForce = (edition: number): Expression =>
  edition === 0 ? { text: 'attribute_not_exists(pk)' } : { text: '#edition = :edition', names: { edition: 'edition' }, values: { edition } }

/** The same as a part of another transaction. */
export const stillInForce = (edition: number): Write => ({ check: ACTIVE_KEY, if: isInForce(edition) })

const Files = z.record(z.string(), z.string())

export const activeItem = ({ number, files }: Edition): Item => itemOf({ ...ACTIVE_KEY, edition: number, digest: digestOf(files) })
export const readActive = (item: Item): ActiveEdition => ({ number: whole(item, 'edition'), digest: text(item, 'digest') })

export const editionItem = ({ number, files }: Edition, version: string, edit: string, commit: Commit): Item =>
  itemOf({
    ...editionKey(number),
    edition: number,
    files: JSON.stringify(files),
    digest: digestOf(files),
    ...{ version, edit, at: commit.at, by: commit.actor },
  })

/** What was written under a digest is read under it, or not at all. */
export const readEdition = (item: Item): Edition => {
  const files = Files.parse(JSON.parse(text(item, 'files')))
  if (digestOf(files) !== text(item, 'digest')) throw new CorruptItem(`edition ${whole(item, 'edition')} is not what its digest says`)
  return { number: whole(item, 'edition'), files }
}

export const readEditionHead = (item: Item): EditionHead => ({
  number: whole(item, 'edition'),
  digest: text(item, 'digest'),
  version: text(item, 'version'),
  edit: text(item, 'edit'),
  at: text(item, 'at'),
  by: text(item, 'by'),
  paths: Object.keys(readEdition(item).files),
})
