import { callJson } from './call-json.ts'
import type { Service } from './send.ts'

/** An entry of PutEvents (EventBridge API reference). */
export type BusEntry = Readonly<Record<string, unknown>>

export type EventBus = {
  readonly name: string
  /** Null: it is on the bus. Otherwise why it is not. */
  readonly put: (entry: BusEntry) => Promise<string | null>
}

export const eventBus = (to: Service, name: string): EventBus => ({
  name,
  put: async entry => {
    const answer = await callJson(to, 'AWSEvents.PutEvents', '1.1', { Entries: [entry] })
    if (answer['FailedEntryCount'] === 0) return null
    const [failed] = Array.isArray(answer['Entries']) ? answer['Entries'] : []
    return `${String(Reflect.get(Object(failed), 'ErrorCode'))}: ${String(Reflect.get(Object(failed), 'ErrorMessage'))}`
  },
})
