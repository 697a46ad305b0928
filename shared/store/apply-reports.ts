import type { Host, Moved } from '../fleet/index.ts'
import { type CounterSteps, counterWrites, dropEmpty, leftCohorts, withSteps } from './counters.ts'
import { factItem, hostItem, hostKey, readStoredHost, withStack } from './fleet-items.ts'
import { ATTEMPTS_MAX, type Pause } from './pause.ts'
import type { Stacks } from './stacks.ts'
import { type Table, TRANSACTION_ITEMS_MAX, type Write } from './table.ts'

/*
 * A batch of reports, moved in few transactions: read all hosts, fold each, sort by bucket, and pack hosts of the same slots
 * together, so that one transaction holds many hosts and few counters. Each host is guarded by the sequence that was read. A
 * transaction that lost a race is undone by the service as a whole; its hosts are read, folded and packed again.
 *
 * A crash between two transactions leaves hosts and counters exact; the reports that are missing arrive again or are
 * overtaken by the next ones.
 */

type Move = { readonly before: Host; readonly moved: Moved }
type Pack = { readonly moves: readonly Move[]; readonly steps: CounterSteps }
export type Fold = (host: Host) => Moved | null

const EMPTY: Pack = { moves: [], steps: new Map() }

const moveWrites = ({ before, moved }: Move): Write[] => [
  {
    put: hostItem(moved.host),
    if: { text: '#sequence = :sequence', names: { sequence: 'sequence' }, values: { sequence: before.sequence } },
  },
  ...(moved.fact ? [{ put: factItem(moved.fact) }] : []),
]

const sizeOf = ({ moves, steps }: Pack): number => moves.reduce((sum, { moved }) => sum + (moved.fact ? 2 : 1), 0) + steps.size

const withMove = (pack: Pack, move: Move): Pack => ({
  moves: [...pack.moves, move],
  steps: withSteps(pack.steps, move.before, move.moved.host),
})

/** Packs of at most 100 writes each, hosts of a slot side by side. */
export const packMoves = (moves: readonly Move[]): readonly Pack[] => {
  const packs: Pack[] = []
  let open = EMPTY
  for (const move of [...moves].sort((a, b) => a.before.bucket - b.before.bucket)) {
    const wider = withMove(open, move)
    if (sizeOf(wider) <= TRANSACTION_ITEMS_MAX) {
      open = wider
      continue
    }
    packs.push(open)
    open = withMove(EMPTY, move)
  }
  return open.moves.length > 0 ? [...packs, open] : packs
}

const readHosts = async (table: Table, stacks: Stacks, ids: readonly string[]): Promise<Host[]> => {
  const stored = (await table.getMany(ids.map(hostKey))).map(readStoredHost)
  const known = await stacks.get(stored.flatMap(host => host.stackDigest ?? []))
  return stored.map(host => withStack(host, known))
}

export const applyReports = async (
  { table, stacks, pause }: { table: Table; stacks: Stacks; pause: Pause },
  fleet: string,
  ids: readonly string[],
  fold: Fold,
): Promise<{ moved: number; ignored: number }> => {
  const all = [...new Set(ids)]
  let waiting = all
  let moved = 0
  for (let tried = 0; waiting.length > 0; tried += 1) {
    if (tried >= ATTEMPTS_MAX)
      throw new Error(`${waiting.length} hosts of fleet ${fleet} moved under ${ATTEMPTS_MAX} attempts to apply their reports`)
    if (tried > 0) await pause(tried)
    const hosts = (await readHosts(table, stacks, waiting)).filter(host => host.fleet === fleet)
    const moves = hosts.flatMap((before): Move[] => {
      const outcome = fold(before)
      return outcome === null ? [] : [{ before, moved: outcome }]
    })
    await stacks.put(moves.flatMap(move => move.moved.host.stack ?? []))
    const lost: string[] = []
    for (const { moves: packed, steps } of packMoves(moves)) {
      const outcome = await table.transact([...packed.flatMap(moveWrites), ...counterWrites(steps)])
      if (outcome.ok) {
        moved += packed.length
        for (const key of leftCohorts(steps)) await dropEmpty(table, key)
      } else lost.push(...packed.map(({ before }) => before.id))
    }
    waiting = lost
  }
  return { moved, ignored: all.length - moved }
}
