import type { Service } from '../aws-endpoint.ts'
import type { Deployed, Resource } from '../template/template.ts'

/*
 * Functions that follow a table's stream. The local tables have none, so the requests that write to them are looked at: what a request put
 * and the mapping's filters let through invokes the function. This wakes and records nothing: what a process that dies has not told is not
 * told again, so nothing may rest on it, as nothing here does (the same functions run on a schedule, and at every start).
 */

type Invoke = (functionName: string, event: unknown) => Promise<unknown>
type Members = Readonly<Record<string, unknown>>
type Mapping = {
  /** How long what came is gathered before the function is invoked. */
  readonly windowMs: number
  readonly functionName: string
  readonly table: string
  readonly keys: readonly string[]
  readonly filters: readonly Members[]
}

const members = (value: unknown): Members => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object(value) : {})
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Exact values only; EventBridge's other patterns (prefixes, ranges) are refused by name. */
const checkPattern = (pattern: unknown): void => {
  for (const [name, wanted] of Object.entries(members(pattern)))
    if (!Array.isArray(wanted)) checkPattern(wanted)
    else if (wanted.some(value => typeof value === 'object')) throw new Error(`the local runtime filters by exact values only, not ${name}`)
}

const matches = (pattern: Members, event: unknown): boolean =>
  Object.entries(pattern).every(([name, wanted]) => {
    const value = members(event)[name]
    return Array.isArray(wanted) ? wanted.includes(value) : matches(members(wanted), value)
  })

const mappingOf = (deployed: Deployed, { properties }: Resource): Mapping => {
  const source = String(properties['EventSourceArn'])
  const table = deployed.ofType('AWS::DynamoDB::Table').find(({ logicalId }) => `${deployed.physicalId(logicalId)}.StreamArn` === source)
  if (!table) throw new Error(`the local runtime follows streams of tables only, not ${source}`)
  const filters = list(members(properties['FilterCriteria'])['Filters']).map(filter =>
    members(JSON.parse(String(members(filter)['Pattern']))),
  )
  filters.forEach(checkPattern)
  return {
    windowMs: Number(properties['MaximumBatchingWindowInSeconds'] ?? 0) * 1_000,
    functionName: String(properties['FunctionName']),
    table: deployed.physicalId(table.logicalId),
    keys: list(table.properties['KeySchema']).map(key => String(members(key)['AttributeName'])),
    filters,
  }
}

/** Items that a request puts into a table. */
const putInto = (target: string, body: unknown, table: string): readonly Members[] => {
  const request = members(body)
  if (target.endsWith('.PutItem')) return request['TableName'] === table ? [members(request['Item'])] : []
  if (!target.endsWith('.TransactWriteItems')) return []
  const puts = list(request['TransactItems']).map(action => members(members(action)['Put']))
  return puts.filter(put => put['TableName'] === table).map(put => members(put['Item']))
}

/** One invocation at a time, of what came within the window since the first of it. */
const waker = ({ functionName, windowMs }: Mapping, invoke: Invoke, log: (line: string) => void) => {
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  let waiting: Members[] = []
  const run = async (): Promise<void> => {
    const Records = waiting.splice(0)
    if (Records.length > 0)
      await invoke(functionName, { Records }).catch((error: unknown) => log(`stream of ${functionName}: ${String(error)}`))
    isBusy = false
    begin()
  }
  const begin = (): void => {
    if (isBusy || waiting.length === 0) return
    isBusy = true
    if (windowMs === 0) void run()
    else timer = setTimeout(run, windowMs)
  }
  return {
    wake: (records: readonly Members[]) => {
      waiting.push(...records)
      begin()
    },
    stop: () => {
      clearTimeout(timer)
      waiting = []
    },
  }
}

/** The table service with the template's event sources behind it, and the function that ends them. */
export const followTables = (
  deployed: Deployed,
  dynamodb: Service,
  invoke: Invoke,
  log: (line: string) => void,
): { readonly handle: Service; readonly close: () => void } => {
  const sources = deployed.ofType('AWS::Lambda::EventSourceMapping').map(resource => {
    const mapping = mappingOf(deployed, resource)
    return { ...mapping, ...waker(mapping, invoke, log) }
  })
  return {
    handle: async (target, body) => {
      const answered = await dynamodb(target, body)
      if (answered.status !== 200) return answered
      for (const { table, keys, filters, wake } of sources) {
        const records = putInto(target, body, table).map(item => ({
          eventName: 'INSERT',
          eventSource: 'aws:dynamodb',
          dynamodb: { Keys: Object.fromEntries(keys.map(key => [key, item[key]])) },
        }))
        wake(records.filter(record => filters.length === 0 || filters.some(filter => matches(filter, record))))
      }
      return answered
    },
    close: () => {
      for (const { stop } of sources) stop()
    },
  }
}
