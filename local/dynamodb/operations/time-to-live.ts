import { invalid } from '../fault.ts'
import { expiryPrefix } from '../storage/entries.ts'
import { keyMin, type Storage } from '../storage/storage.ts'
import { updateTimeToLiveRequest } from '../wire/table-shapes.ts'
import type { Operation } from './context.ts'
import { describedTable, namedTable, readTableRequest, requiredName } from './describe-table.ts'

const sweepItemsMax = 1000
const yearSeconds = 365 * 24 * 3600

export const updateTimeToLive: Operation = ({ storage, queue }, body) => {
  const request = readTableRequest(updateTimeToLiveRequest, body)
  const name = requiredName(request)
  const { Enabled, AttributeName } = request.TimeToLiveSpecification
  return queue.submit(() => {
    const table = describedTable(storage, name)
    if (Enabled && table.expiry) throw invalid('TimeToLive is already enabled')
    if (!Enabled && !table.expiry) throw invalid('TimeToLive is already disabled')
    if (table.expiry && table.expiry.attribute !== AttributeName)
      throw invalid(`TimeToLive is active on a different AttributeName: current AttributeName is ${table.expiry.attribute}`)
    const [id = 0] = storage.freshIds(1)
    const after = { ...table, expiry: Enabled ? { id, attribute: AttributeName } : undefined }
    storage.saveTable(after)
    if (after.expiry) storage.fillEntries(after, after.expiry.id)
    else if (table.expiry) storage.dropEntries(table.expiry.id)
    return { TimeToLiveSpecification: { Enabled, AttributeName } }
  })
}

export const describeTimeToLive: Operation = ({ storage }, body) => {
  const { expiry } = describedTable(storage, namedTable(body))
  return {
    TimeToLiveDescription: expiry ? { TimeToLiveStatus: 'ENABLED', AttributeName: expiry.attribute } : { TimeToLiveStatus: 'DISABLED' },
  }
}

/**
 * Removes what has expired, a bounded number of items at a time; returns how many it removed. As in the service, a time
 * more than five years past is taken for a mistake and leaves the item alone.
 */
export const sweepExpired = (storage: Storage, nowMs: number): number => {
  const seconds = Math.floor(nowMs / 1000)
  const from = expiryPrefix(Math.max(0, seconds - 5 * yearSeconds))
  let removed = 0
  for (const table of storage.tables()) {
    if (!table.expiry) continue
    const range = { from: seconds > 5 * yearSeconds ? from : keyMin, to: expiryPrefix(seconds), descending: false }
    for (const expired of storage.entryItems(table, table.expiry.id, range, sweepItemsMax - removed)) {
      storage.write(table, expired.key, expired, undefined)
      removed++
    }
  }
  return removed
}
