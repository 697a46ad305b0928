/** Rows of executions, their frames, events and tokens. Writers are synchronous and meant to run inside `database.commit`. */
import type { Frame } from '../engine/frame.ts'
import type { HistoryEvent } from '../history/event.ts'
import { numberIn, optionalNumberIn, optionalTextIn, type Row, textIn } from './columns.ts'
import type { Database } from './database.ts'
import { readFrame, writeFrame } from './frame-body.ts'

export type Status = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED'
export const statuses: readonly Status[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED']

export type ExecutionRow = {
  readonly key: number
  readonly arn: string
  readonly machineArn: string
  readonly machineName: string
  readonly name: string
  readonly roleArn: string
  /** Id of the definition it was started with. */
  readonly definition: string
  readonly revision: string | undefined
  readonly input: string
  readonly status: Status
  readonly started: number
  readonly stopped: number | undefined
  readonly output: string | undefined
  readonly error: string | undefined
  readonly cause: string | undefined
  readonly deadline: number | undefined
  readonly traceHeader: string | undefined
}

export type Ending = {
  readonly status: Status
  readonly at: number
  readonly output?: string
  readonly error?: string
  readonly cause?: string
}
export type TokenRow = {
  readonly hash: string
  readonly id: string
  readonly execution: number
  readonly frame: number
  readonly scheduled: number
}

const statusIn = (row: Row): Status => statuses.find(status => status === row.status) ?? 'FAILED'

const executionOf = (row: Row): ExecutionRow => ({
  key: numberIn(row, 'key'),
  arn: textIn(row, 'arn'),
  machineArn: textIn(row, 'machine_arn'),
  machineName: textIn(row, 'machine_name'),
  name: textIn(row, 'name'),
  roleArn: textIn(row, 'role_arn'),
  definition: textIn(row, 'definition'),
  revision: optionalTextIn(row, 'revision'),
  input: textIn(row, 'input'),
  status: statusIn(row),
  started: numberIn(row, 'started'),
  stopped: optionalNumberIn(row, 'stopped'),
  output: optionalTextIn(row, 'output'),
  error: optionalTextIn(row, 'error'),
  cause: optionalTextIn(row, 'cause'),
  deadline: optionalNumberIn(row, 'deadline'),
  traceHeader: optionalTextIn(row, 'trace_header'),
})

const eventOf = (row: Row): HistoryEvent => ({
  id: numberIn(row, 'id'),
  previous: numberIn(row, 'previous'),
  type: textIn(row, 'type'),
  at: numberIn(row, 'at'),
  details: JSON.parse(textIn(row, 'details')),
  tokenHash: optionalTextIn(row, 'token_hash'),
})

export type Executions = ReturnType<typeof executionsIn>

export const executionsIn = ({ sql }: Database) => {
  const byArn = sql.prepare('SELECT * FROM executions WHERE arn = ?')
  const running = sql.prepare("SELECT * FROM executions WHERE status = 'RUNNING' ORDER BY key")
  const lastKey = sql.prepare('SELECT coalesce(max(key), 0) AS key FROM executions')
  const insert = sql.prepare(
    `INSERT INTO executions (key, arn, machine_arn, machine_name, name, role_arn, definition, revision, input, status, started, deadline, trace_header)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?)`,
  )
  const end = sql.prepare(
    "UPDATE executions SET status = ?, stopped = ?, output = ?, error = ?, cause = ? WHERE key = ? AND status = 'RUNNING'",
  )
  const list = sql.prepare(
    'SELECT * FROM executions WHERE machine_arn = ? AND key < ? AND (? IS NULL OR status = ?) ORDER BY key DESC LIMIT ?',
  )
  const putFrame = sql.prepare('INSERT OR REPLACE INTO frames (execution, id, body) VALUES (?, ?, ?)')
  const dropFrame = sql.prepare('DELETE FROM frames WHERE execution = ? AND id = ?')
  const dropFrames = sql.prepare('DELETE FROM frames WHERE execution = ?')
  const frames = sql.prepare('SELECT body FROM frames WHERE execution = ? ORDER BY id')
  const putEvent = sql.prepare('INSERT INTO events (execution, id, previous, type, at, details, token_hash) VALUES (?, ?, ?, ?, ?, ?, ?)')
  const lastEvent = sql.prepare('SELECT coalesce(max(id), 0) AS id FROM events WHERE execution = ?')
  const ascending = sql.prepare('SELECT * FROM events WHERE execution = ? AND id > ? ORDER BY id LIMIT ?')
  const descending = sql.prepare('SELECT * FROM events WHERE execution = ? AND id < ? ORDER BY id DESC LIMIT ?')
  const putToken = sql.prepare('INSERT INTO tokens (hash, id, execution, frame, scheduled) VALUES (?, ?, ?, ?, ?)')
  const token = sql.prepare('SELECT * FROM tokens WHERE hash = ?')
  const arnOfKey = sql.prepare('SELECT arn FROM executions WHERE key = ?')

  return {
    byArn: (arn: string): ExecutionRow | undefined => {
      const row = byArn.get(arn)
      return row === undefined ? undefined : executionOf(row)
    },
    arnOfKey: (key: number): string | undefined => {
      const row = arnOfKey.get(key)
      return row === undefined ? undefined : textIn(row, 'arn')
    },
    running: (): ExecutionRow[] => running.all().map(executionOf),
    lastKey: (): number => numberIn(lastKey.get() ?? {}, 'key'),
    /** Newest first, below `before`. */
    list: (machineArn: string, status: Status | undefined, before: number, limit: number): ExecutionRow[] =>
      list.all(machineArn, before, status ?? null, status ?? null, limit).map(executionOf),
    insert: (row: ExecutionRow) => {
      const { key, arn, machineArn, machineName, name, roleArn, definition, revision, input, started, deadline, traceHeader } = row
      insert.run(
        key,
        arn,
        machineArn,
        machineName,
        name,
        roleArn,
        definition,
        revision ?? null,
        input,
        started,
        deadline ?? null,
        traceHeader ?? null,
      )
    },
    end: (key: number, { status, at, output, error, cause }: Ending) => {
      end.run(status, at, output ?? null, error ?? null, cause ?? null, key)
      dropFrames.run(key)
    },
    putFrame: (key: number, frame: Frame) => putFrame.run(key, frame.id, writeFrame(frame)),
    dropFrame: (key: number, id: number) => dropFrame.run(key, id),
    frames: (key: number): Frame[] => frames.all(key).map(row => readFrame(textIn(row, 'body'))),
    putEvent: (key: number, { id, previous, type, at, details, tokenHash }: HistoryEvent) =>
      putEvent.run(key, id, previous, type, at, JSON.stringify(details), tokenHash ?? null),
    lastEvent: (key: number): number => numberIn(lastEvent.get(key) ?? {}, 'id'),
    events: (key: number, after: number, limit: number): HistoryEvent[] => ascending.all(key, after, limit).map(eventOf),
    eventsBackwards: (key: number, before: number, limit: number): HistoryEvent[] => descending.all(key, before, limit).map(eventOf),
    putToken: ({ hash, id, execution, frame, scheduled }: TokenRow) => putToken.run(hash, id, execution, frame, scheduled),
    token: (hash: string): TokenRow | undefined => {
      const row = token.get(hash)
      if (row === undefined) return undefined
      const text = { hash: textIn(row, 'hash'), id: textIn(row, 'id') }
      return { ...text, execution: numberIn(row, 'execution'), frame: numberIn(row, 'frame'), scheduled: numberIn(row, 'scheduled') }
    },
  }
}
