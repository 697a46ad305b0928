import { randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

type Answer = { readonly status: number; readonly body: unknown }
type Entry = Readonly<Record<string, unknown>>

export type EventBuses = {
  readonly handle: (target: string, body: unknown) => Answer
  /** What was put, oldest first, as EventBridge would hand it to a rule's target. */
  readonly events: () => readonly Entry[]
}

export type EventBusesOptions = {
  /** One event a line. */
  readonly file: string
  readonly names: readonly string[]
  readonly now: () => number
  readonly region: string
  readonly account: string
}

/** PutEvents: entries of one request, and bytes of one entry's detail and names. */
const ENTRIES_MAX = 10
const ENTRY_BYTES_MAX = 262_144
/** Beyond it the file is set aside, and the one set aside before is forgotten. */
const FILE_BYTES_MAX = 10 * 1024 * 1024

const fail = (type: string, message: string): Answer => ({ status: 400, body: { __type: type, message } })
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const entriesOf = (body: unknown): readonly Entry[] | null => {
  const entries: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'Entries') : undefined
  return Array.isArray(entries) && entries.length > 0 ? entries.map(entry => Object(entry)) : null
}

const detailOf = (entry: Entry): unknown => {
  try {
    const detail: unknown = JSON.parse(text(entry['Detail']))
    return typeof detail === 'object' && detail !== null && !Array.isArray(detail) ? detail : undefined
  } catch {
    return undefined
  }
}

/**
 * EventBridge's PutEvents for the template's buses. There are no rules here: every event is appended to a file, where a person, a test or
 * another program on the machine finds it.
 */
export const openEventBuses = ({ file, names, now, region, account }: EventBusesOptions): EventBuses => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const known = new Set(names)
  const keep = (event: Entry): void => {
    if (existsSync(file) && statSync(file).size > FILE_BYTES_MAX) renameSync(file, `${file}.1`)
    appendFileSync(file, `${JSON.stringify(event)}\n`, { mode: 0o600 })
  }
  const put = (entry: Entry): Readonly<Record<string, string>> => {
    const detail = detailOf(entry)
    const [bus, source, type] = [text(entry['EventBusName']), text(entry['Source']), text(entry['DetailType'])]
    if (Buffer.byteLength(`${text(entry['Detail'])}${source}${type}`) > ENTRY_BYTES_MAX)
      return { ErrorCode: 'ValidationException', ErrorMessage: 'Total size of the entries in the request is over the limit.' }
    if (source === '' || type === '')
      return { ErrorCode: 'InvalidArgument', ErrorMessage: 'Parameter DetailType and Source are not valid.' }
    if (detail === undefined) return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }
    const time = typeof entry['Time'] === 'number' ? entry['Time'] * 1_000 : now()
    const id = randomUUID()
    // A bus that is not there takes the event and drops it, as the service does.
    if (known.has(bus.split('/').at(-1) ?? ''))
      keep({ version: '0', id, 'detail-type': type, source, account, time: new Date(time).toISOString(), region, resources: [], detail })
    return { EventId: id }
  }
  return {
    handle: (target, body) => {
      if (target !== 'AWSEvents.PutEvents') return fail('UnknownOperationException', `the local event bus does not know ${target}`)
      const entries = entriesOf(body)
      if (!entries || entries.length > ENTRIES_MAX)
        return fail('ValidationException', `1 validation error detected: Entries must have 1 to ${ENTRIES_MAX} members`)
      const Entries = entries.map(put)
      return { status: 200, body: { FailedEntryCount: Entries.filter(entry => 'ErrorCode' in entry).length, Entries } }
    },
    events: () =>
      existsSync(file)
        ? readFileSync(file, 'utf8')
            .split('\n')
            .filter(line => line !== '')
            .map(line => Object(JSON.parse(line)))
        : [],
  }
}
