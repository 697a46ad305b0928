import { describe, expect, jest, test } from '@jest/globals'
import { followTables } from '../../../local/lambda/event-sources.ts'
import type { Value } from '../../../local/template/intrinsics.ts'
import type { Deployed, Resource } from '../../../local/template/template.ts'

const PATTERN = { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: ['outbox'] } } } }
const deployedWith = (pattern: object, source = 'ledger.StreamArn', more: Readonly<Record<string, Value>> = {}): Deployed => {
  const resource = (logicalId: string, type: string, properties: Readonly<Record<string, Value>>): Resource => ({
    logicalId,
    type,
    properties,
  })
  const resources = [
    resource('Ledger', 'AWS::DynamoDB::Table', { KeySchema: [{ AttributeName: 'pk' }, { AttributeName: 'sk' }] }),
    resource('Outbox', 'AWS::Lambda::EventSourceMapping', {
      EventSourceArn: source,
      FunctionName: 'deliver',
      ...more,
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] },
    }),
  ]
  return {
    resources,
    ofType: type => resources.filter(one => one.type === type),
    assetDirectory: () => '',
    physicalId: id => id.toLowerCase(),
  }
}

const open = (status = 200, more: Readonly<Record<string, Value>> = {}) => {
  const invoked: { readonly name: string; readonly event: unknown }[] = []
  const open: { release: (() => void)[] } = { release: [] }
  const invoke = (name: string, event: unknown) => {
    invoked.push({ name, event })
    return new Promise<void>(resolve => open.release.push(() => resolve()))
  }
  const { handle, close } = followTables(
    deployedWith(PATTERN, undefined, more),
    () => ({ status, body: {} }),
    invoke,
    () => undefined,
  )
  const put = (pk: string, table = 'ledger') =>
    handle('DynamoDB_20120810.TransactWriteItems', {
      TransactItems: [{ Put: { TableName: table, Item: { pk: { S: pk }, sk: { S: '1' }, more: { S: 'x' } } } }],
    })
  return { invoked, handle, put, close, release: () => open.release.shift()?.() }
}

describe('a function that follows a table', () => {
  test('is invoked with the keys of what was put and its filter lets through', async () => {
    const { invoked, put, handle } = open()
    await put('change#1')
    await put('outbox', 'other')
    await handle('DynamoDB_20120810.Query', { TableName: 'ledger' })
    await handle('DynamoDB_20120810.DeleteItem', { TableName: 'ledger', Key: { pk: { S: 'outbox' } } })
    expect(invoked).toEqual([])
    await put('outbox')
    const dynamodb = { Keys: { pk: { S: 'outbox' }, sk: { S: '1' } } }
    expect(invoked).toEqual([{ name: 'deliver', event: { Records: [{ eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb }] } }])
  })

  test('is not invoked twice at a time, and once more for what came meanwhile', async () => {
    const { invoked, put, release } = open()
    for (const _ of [1, 2, 3]) await put('outbox')
    expect(invoked).toHaveLength(1)
    release()
    await new Promise(resolve => setImmediate(resolve))
    expect(invoked).toHaveLength(2)
    expect(invoked[1]).toMatchObject({ event: { Records: [{}, {}] } })
  })

  test('with a window is invoked with what came within it, and not after the end', async () => {
    jest.useFakeTimers()
    const { invoked, put, release, close } = open(200, { MaximumBatchingWindowInSeconds: 1 })
    for (const _ of [1, 2, 3]) await put('outbox')
    expect(invoked).toEqual([])
    await jest.advanceTimersByTimeAsync(1_000)
    expect(invoked).toMatchObject([{ event: { Records: [{}, {}, {}] } }])
    release()
    await put('outbox')
    close()
    await jest.advanceTimersByTimeAsync(10_000)
    expect(invoked).toHaveLength(1)
    jest.useRealTimers()
  })

  test('hears nothing of a write that was refused', async () => {
    const { invoked, put } = open(400)
    await put('outbox')
    expect(invoked).toEqual([])
  })

  test('a filter or a source that is not understood is refused at the start', () => {
    const openWith = (deployed: Deployed) => () =>
      followTables(
        deployed,
        () => ({ status: 200, body: {} }),
        async () => null,
        () => undefined,
      )
    expect(openWith(deployedWith({ eventName: [{ prefix: 'IN' }] }))).toThrow('exact values only')
    expect(openWith(deployedWith(PATTERN, 'arn:aws:sqs:x'))).toThrow('streams of tables only')
  })
})
