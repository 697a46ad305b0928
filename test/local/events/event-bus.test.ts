import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { openEventBuses } from '../../../local/events/event-bus.ts'

const folder = mkdtempSync(join(tmpdir(), 'supersede-events-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const file = join(folder, 'data', 'events.jsonl')
const NOW = Date.UTC(2026, 10, 23)
const open = () => openEventBuses({ file, names: ['bus'], now: () => NOW, region: 'us-east-1', account: '000000000000' })
const ENTRY = { EventBusName: 'bus', Source: 'test', DetailType: 'a.b', Detail: '{"x":1}' }
const put = (...entries: readonly object[]) => open().handle('AWSEvents.PutEvents', { Entries: entries })

describe('the local event bus', () => {
  test('keeps what is put as a rule’s target would see it, over a start', () => {
    expect(
      put(ENTRY, { ...ENTRY, Time: NOW / 1_000 - 60, EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/bus' }),
    ).toMatchObject({
      status: 200,
      body: { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }, { EventId: expect.any(String) }] },
    })
    expect(open().events()).toMatchObject([
      { version: '0', source: 'test', 'detail-type': 'a.b', detail: { x: 1 }, time: '2026-11-23T00:00:00.000Z', account: '000000000000' },
      { time: '2026-11-22T23:59:00.000Z' },
    ])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['no JSON', { Detail: 'x' }, 'MalformedDetail'],
    ['JSON that is no object', { Detail: '[]' }, 'MalformedDetail'],
    ['no source', { Source: '' }, 'InvalidArgument'],
    ['more than 256 KB', { Detail: JSON.stringify({ x: 'y'.repeat(262_144) }) }, 'ValidationException'],
  ])('an entry with %s is refused alone', (_, bad, code) => {
    const before = open().events().length
    expect(put({ ...ENTRY, ...bad }, ENTRY)).toMatchObject({
      status: 200,
      body: { FailedEntryCount: 1, Entries: [{ ErrorCode: code }, { EventId: expect.any(String) }] },
    })
    expect(open().events()).toHaveLength(before + 1)
  })

  test('a bus that is not there takes an event and drops it, as the service does', () => {
    const before = open().events().length
    expect(put({ ...ENTRY, EventBusName: 'other' })).toMatchObject({ body: { FailedEntryCount: 0 } })
    expect(open().events()).toHaveLength(before)
  })

  test('what it does not do it refuses by name', () => {
    expect(open().handle('AWSEvents.PutRule', {})).toMatchObject({ status: 400, body: { __type: 'UnknownOperationException' } })
    for (const body of [null, {}, { Entries: [] }, { Entries: Array.from({ length: 11 }, () => ENTRY) }])
      expect(open().handle('AWSEvents.PutEvents', body)).toMatchObject({ status: 400, body: { __type: 'ValidationException' } })
    expect(existsSync(`${file}.1`)).toBe(false)
  })
})
