/** The beginning and the end of a turn. */
import type { Query } from '../query/query.ts'
import type { Database } from '../storage/database.ts'
import type { Executions } from '../storage/executions.ts'
import type { Tokens } from '../tokens.ts'
import type { Live } from './live.ts'
import type { Turn } from './turn.ts'

type Parts = {
  readonly database: Database
  readonly executions: Executions
  readonly tokens: Tokens
  readonly query: Query
  readonly now: () => number
  readonly region: string
}

export const openTurn = ({ query, tokens, region, now }: Parts, live: Live): Turn => ({
  live,
  now,
  query,
  tokens,
  region,
  events: [],
  changed: new Set(),
  removed: new Set(),
  minted: [],
  calls: new Set(),
  agenda: live.leftover.splice(0),
  scheduled: live.leftoverScheduled.splice(0),
  birth: undefined,
  ending: undefined,
})

/** Everything that the turn did, in one transaction. Frames are written as they are now: the next turn waits for this one. */
export const commitTurn = async ({ database, executions }: Parts, turn: Turn): Promise<void> => {
  const { live, birth, ending } = turn
  const { key } = live.row
  const nothing = turn.events.length + turn.changed.size + turn.removed.size === 0 && birth === undefined && ending === undefined
  if (nothing) return
  await database.commit(() => {
    if (birth !== undefined) executions.insert(birth)
    for (const event of turn.events) executions.putEvent(key, event)
    for (const id of turn.changed) {
      const frame = live.frames.get(id)
      if (frame !== undefined) executions.putFrame(key, frame)
    }
    for (const id of turn.removed) executions.dropFrame(key, id)
    for (const token of turn.minted) executions.putToken(token)
    if (ending !== undefined) executions.end(key, ending)
  })
}
