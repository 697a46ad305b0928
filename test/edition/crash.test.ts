import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { sweepEdits } from '../../functions/lifecycle/sweep-edits.ts'
import { verifyChain } from '../../shared/history/index.ts'
import type { OperationId } from '../../shared/operations/index.ts'
import { type Answered, type Ask, openHouse } from '../functions/house.ts'

/*
 * An edit on its way into force, with a death before its first write, then before its second, and so on; or each write is done and its answer
 * lost. However often it dies, its history is that of an edit that never did, and one edition came into force.
 */
const house = openHouse()
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems'])
const ATTEMPTS_MAX = 30
const rule = (id: string): string =>
  `@id("${id}") @reason("another proposer") forbid (principal, action == Action::"releaseChange", resource) when { resource.proposer == Person::"${id}" };\n`

/** A client that repeats its request under the same key, once the first attempt is taken for dead; attempt n meets its mishap at its n-th write. */
const insistOn = async (mishap: 'killed' | 'answer-lost', id: OperationId, ask: Ask): Promise<Answered> => {
  const headers = { 'idempotency-key': randomUUID() }
  for (let attempt = 1; attempt < ATTEMPTS_MAX; attempt += 1) {
    let [writes, met] = [0, false]
    house.wire.mishap = operation => {
      if (!WRITES.has(operation)) return undefined
      writes += 1
      met ||= writes >= attempt
      return writes >= attempt ? mishap : undefined
    }
    house.time += 31_000
    const answer = await house.ask(id, { ...ask, headers })
    house.wire.mishap = () => undefined
    if (!met) return answer
  }
  throw new Error(`did not get through in ${ATTEMPTS_MAX} attempts`)
}

test.each(['killed', 'answer-lost'] as const)(
  'with every write %s once, each word is recorded once and one edition comes into force',
  async mishap => {
    const before = (await house.ports.policies.active())?.number ?? 0
    const body = { files: { [`house/${mishap}.cedar`]: rule(mishap) }, reason: 'r' }
    const proposal = await insistOn(mishap, 'propose-policy-edit', { as: 'alice', body })
    const [edit, digest] = [String(proposal.body['id']), proposal.body['digest']]
    for (const as of ['bob', 'carol'] as const)
      await insistOn(mishap, 'decide-policy-edit', { as, path: { edit }, body: { decision: 'approve', digest } })
    const { items } = await house.store.ledger.commitsOf(`policy-edit#${edit}`, { limit: 100 })
    expect(items.flatMap(({ events }) => events.map(({ type }) => type))).toEqual(['proposed', 'approved', 'approved', 'enacted'])
    expect(verifyChain(items)).toEqual({ ok: true })
    expect(await house.ports.policies.active()).toMatchObject({ number: before + 1 })
    expect((await house.ports.policies.editions({ limit: 100 })).items).toHaveLength(before + 1)
  },
)

test('the sweep ends what nobody decides on, and what starts from policies that are over', async () => {
  const propose = async (id: string) =>
    String(
      (await house.ask('propose-policy-edit', { as: 'alice', body: { files: { [`house/${id}.cedar`]: rule(id) }, reason: 'r' } })).body[
        'id'
      ],
    )
  const show = async (edit: string) => (await house.ask('show-policy-edit', { as: 'dave', path: { edit } })).body
  const [late, other] = [await propose('late'), await propose('other')]
  await sweepEdits(house.ports)
  expect(await show(late)).toMatchObject({ status: 'in-review' })
  const { digest } = await show(other)
  for (const as of ['bob', 'carol'] as const)
    await house.ask('decide-policy-edit', { as, path: { edit: other }, body: { decision: 'approve', digest } })
  await sweepEdits(house.ports)
  expect(await show(late)).toMatchObject({ status: 'outdated', ending: expect.stringContaining('came into force since it was proposed') })
  const idle = await propose('idle')
  house.time += 14 * 86_400_000
  await sweepEdits(house.ports)
  expect(await show(idle)).toMatchObject({ status: 'expired', ending: 'Not enough people decided on it within 14 days.' })
  const { items } = await house.store.ledger.commitsOf(`policy-edit#${idle}`, { limit: 10 })
  expect(items.at(-1)).toMatchObject({ actor: 'supersede', policies: ['lifecycle-runs'] })
})

test('an approval of what is outdated is refused with what came instead', async () => {
  const body = (id: string) => ({ files: { [`house/${id}.cedar`]: rule(id) }, reason: 'r' })
  const [one, two] = [
    await house.ask('propose-policy-edit', { as: 'alice', body: body('one') }),
    await house.ask('propose-policy-edit', { as: 'alice', body: body('two') }),
  ]
  const decide = (as: 'bob' | 'carol', { body: { id, digest } }: Answered) =>
    house.ask('decide-policy-edit', { as, path: { edit: String(id) }, body: { decision: 'approve', digest } })
  await decide('bob', one)
  await decide('bob', two)
  expect(await decide('carol', one)).toMatchObject({ body: { status: 'enacted' } })
  expect(await decide('carol', two)).toMatchObject({ status: 409, body: { code: 'policy-edit-outdated' } })
  expect((await house.ask('list-policy-edits', { as: 'dave', query: { status: 'outdated' } })).body['items']).toContainEqual(
    expect.objectContaining({ id: two.body['id'], paths: ['house/two.cedar'] }),
  )
})
