import { describe, expect, test } from '@jest/globals'
import type { Routes } from './contract-double.ts'
import { asBob } from './harness.ts'

const ID = '01JDC4M8T0000000000000000R'
const MESSAGE = 'msg_01KAPY9ZT0Q4V8SB5H1X2E7GNR3MCD'
const ops = {
  ...{ id: ID, name: 'ops', kind: 'webhook', address: 'https://ops.example.com/…', fleets: [], kinds: ['halted'], group: null },
  ...{ createdBy: 'alice', createdAt: '2026-11-23T11:00:00.000Z', disabled: null, failingSince: null },
  ...{ deliveredAt: '2026-11-23T11:30:00.000Z', previousSecretUntil: null },
}
const delivery = {
  ...{ id: MESSAGE, receiver: ID, kind: 'approval-asked', at: '2026-11-23T11:00:00.000Z', fleet: 'edge', change: 'c1', state: 'dead' },
  ...{ attempts: 10, nextAt: null, attemptedAt: null, status: 500, why: 'HTTP 500: out of order' },
}
const routes: Routes = {
  'list-receivers': () => ({
    body: { items: [ops, { ...ops, id: 'other', name: 'chat', disabled: 'It answered 410 Gone: it wants no more.' }] },
  }),
  'create-receiver': () => ({ status: 201, body: { ...ops, secret: 'whsec_abc' } }),
  'control-receiver': ({ body }) => ({
    body: { ...ops, ...(Reflect.get(Object(body), 'command') === 'rotate' ? { secret: 'whsec_new' } : {}) },
  }),
  'test-receiver': () => ({ body: { ...delivery, kind: 'test', state: 'delivered', status: 204, attempts: 1, why: '' } }),
  'list-deliveries': () => ({ body: { items: [delivery] } }),
  'retry-delivery': () => ({ body: delivery }),
}
const run = (line: string) => asBob(routes, line.split(' '))

describe('receivers', () => {
  test('one is added with what was said; its secret alone goes to stdout', async () => {
    const ran = await run('receiver create ops -k webhook --to https://ops.example.com/x -f edge -f core --only halted -g security')
    expect(ran).toMatchObject({ exit: 0, out: 'whsec_abc\n', err: `ops is ${ID}\nthis is its secret; it is not shown again\n` })
    expect(ran.seen.at(-1)?.body).toEqual({
      ...{ name: 'ops', kind: 'webhook', url: 'https://ops.example.com/x', fleets: ['edge', 'core'], kinds: ['halted'], group: 'security' },
    })
  })
  test('what is not said is left to the server', async () => {
    const ran = await run('receiver create bus --kind eventbridge')
    expect(ran.seen.at(-1)?.body).toEqual({ name: 'bus', kind: 'eventbridge', fleets: [] })
    expect((await run('receiver create bus')).exit).toBe(2)
  })
  test('they are listed with how they do', async () => {
    const { out } = await run('receiver list')
    for (const text of [ID, 'ops', 'https://ops.example.com/…', 'active', 'disabled: It answered 410 Gone', '2026-11-23T11:30:00Z', 'all'])
      expect(out).toContain(text)
    expect(await asBob({ 'list-receivers': () => ({ body: { items: [] } }) }, ['receiver', 'list'])).toMatchObject({
      ...{ exit: 0, out: '', err: 'Nobody is told; supersede receiver create NAME adds somebody.\n' },
    })
  })
  test.each([ID, 'ops'])('%s names one', async reference => {
    const ran = await run(`receiver test ${reference}`)
    expect(ran).toMatchObject({ exit: 0, out: expect.stringMatching(/state +delivered/) })
    expect(ran.seen.at(-1)).toMatchObject({ id: 'test-receiver', path: { receiver: ID }, body: {} })
  })
  test('a name that nothing has, or that two have, names none', async () => {
    expect(await run('receiver test none')).toMatchObject({ exit: 4, err: expect.stringContaining('no receiver is called none') })
    const twice = { 'list-receivers': () => ({ body: { items: [ops, { ...ops, id: 'other' }] } }) }
    expect(await asBob(twice, ['receiver', 'remove', 'ops'])).toMatchObject({ exit: 2, err: expect.stringContaining('other') })
  })
  test('what was sent is listed, and sent again; what nobody takes ends with 1', async () => {
    const listed = await run('receiver deliveries ops --state dead --limit 5')
    expect(listed.seen.at(-1)).toMatchObject({ path: { receiver: ID }, query: { state: 'dead', limit: '5' } })
    for (const text of [MESSAGE, 'approval-asked', 'dead', '10', 'HTTP 500: out of order']) expect(listed.out).toContain(text)
    const retried = await run(`receiver retry ops ${MESSAGE}`)
    expect(retried).toMatchObject({ exit: 1, out: expect.stringContaining('HTTP 500: out of order') })
    expect(retried.seen.at(-1)).toMatchObject({ id: 'retry-delivery', path: { receiver: ID, delivery: MESSAGE } })
  })
  test('a secret is rotated, and a receiver disabled, enabled and removed', async () => {
    const rotated = await run('receiver rotate ops --overlap 1h')
    expect(rotated).toMatchObject({ exit: 0, out: 'whsec_new\n' })
    expect(rotated.seen.at(-1)?.body).toEqual({ command: 'rotate', overlapSeconds: 3_600 })
    expect((await run('receiver disable ops -r moving')).seen.at(-1)?.body).toEqual({ command: 'disable', reason: 'moving' })
    expect(await run('receiver enable ops')).toMatchObject({ exit: 0, out: 'ops is active\n' })
    expect(await run('receiver remove ops')).toMatchObject({ exit: 0, out: 'ops is removed\n' })
  })
})
