import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { validate } from '../../functions/lifecycle/validate.ts'
import { createFleet, digestOfFile, moduleFile, submit } from './demo.ts'
import { openHouse, type PersonName } from './house.ts'

/*
 * An approval that was acknowledged is recorded, once, whatever the process died of on the way there. RUNS=1000 for the long measurement.
 */
const RUNS = Number(process.env['RUNS'] ?? 25)

const house = openHouse()
const NEW = digestOfFile(moduleFile('2'))
let fleets = 0

beforeAll(async () => {
  await submit(house, '2')
})

const inReview = async () => {
  fleets += 1
  const fleet = `fleet-${fleets}`
  await createFleet(house, fleet)
  const proposed = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch: NEW, reason: 'r' } })
  const change = String(proposed.body['id'])
  await validate(house.ports)({ change })
  return { change, digest: (await show(change))['digest'] }
}
const show = async (change: string) => (await house.ask('show-change', { as: 'dave', path: { change } })).body

/** What happens to the requests to the tables, counted from the first: each side effect may be the last thing that a process does. */
type Fate = ReadonlyMap<number, 'killed' | 'answer-lost'>

/** Repeats a request until it is answered. Once a process has died, nothing more of it is heard until the next attempt. */
const insist = async (as: PersonName, change: string, body: object, fate: Fate): Promise<number> => {
  const headers = { 'idempotency-key': randomUUID() }
  let requests = 0
  for (let attempt = 0; attempt < 20; attempt += 1) {
    let isDead = false
    house.wire.mishap = () => {
      requests += 1
      const mishap = isDead ? 'killed' : fate.get(requests)
      isDead ||= mishap !== undefined
      return mishap
    }
    house.time += 31_000
    const answer = await house.ask('approve-change', { as, path: { change }, body, headers })
    house.wire.mishap = () => undefined
    if (answer.status < 500) return answer.status
  }
  return 500
}

const fates = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 14 }), fc.constantFrom('killed' as const, 'answer-lost' as const)), { maxLength: 4 })
  .map((entries): Fate => new Map(entries))

test(`no approval is lost or doubled in ${RUNS} runs that die at random side effects`, async () => {
  await fc.assert(
    fc.asyncProperty(fates, fates, fates, async (first, second, third) => {
      const { change, digest } = await inReview()
      const statuses = [
        await insist('bob', change, { decision: 'approve', digest }, first),
        await insist('bob', change, { decision: 'comment', comment: 'looks right' }, second),
        await insist('carol', change, { decision: 'approve', digest }, third),
      ]
      const { status, timeline } = await show(change)
      const types = Array.isArray(timeline) ? timeline.map(({ type }) => String(type)) : []
      expect({ statuses, status, types }).toEqual({
        statuses: [201, 201, 201],
        status: 'released',
        types: ['proposed', 'judged', 'approved', 'commented', 'approved', 'released'],
      })
    }),
    { numRuns: RUNS },
  )
}, 600_000)
