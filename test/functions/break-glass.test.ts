import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { judgeWave } from '../../functions/lifecycle/judge-wave.ts'
import { openWave } from '../../functions/lifecycle/open-wave.ts'
import { recordLineage } from '../../functions/lifecycle/record-lineage.ts'
import { validate } from '../../functions/lifecycle/validate.ts'
import type { Report } from '../../shared/fleet/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import { createFleet, type DemoHost, digestOfFile, enrol, moduleFile, report, stackOf, submit } from './demo.ts'
import { openHouse, type PersonName } from './house.ts'

/*
 * An emergency that accepts what a downgrade leaves behind: hosts run lp_proc_2, whose callbacks lp_proc_1 knows nothing of. What is named
 * stops blocking, and counts once a second person confirms; nothing else moves.
 */

const house = openHouse()
const [OLD, NEW] = [digestOfFile(moduleFile('1')), digestOfFile(moduleFile('2'))]
const LEFT = ['lp_proc_2:vmlinux:post_unpatch', 'lp_proc_2:vmlinux:pre_unpatch']
const ACCEPTS = LEFT.map(text => `missing-callback:${text}`)
const EMERGENCY = { incident: 'INC-9', reason: 'lp_proc_2 panics under load', accepts: ACCEPTS }
const PLAN = { waves: [{ share: 10_000 }], soakSeconds: 0, waveSecondsMax: 60, approvalSecondsMax: 86_400, pollSeconds: 1 }
const SIGNED = ['downgrade', 'fixes-lost', 'functions-reverted']

let fleets = 0
let fleet = ''
let change = ''
let host: DemoHost | undefined

const tell = (over: Partial<Report>) => report(house, fleet, host ? [host.report(over)] : [])
const newFleet = async (stack = stackOf('2')): Promise<void> => {
  fleets += 1
  fleet = `glass-${fleets}`
  await createFleet(house, fleet)
  host = (await enrol(house, fleet, 1))[0]
  await tell({ stack })
}
const propose = async (breakGlass: object, livepatch = OLD) => {
  const answer = await house.ask('propose-change', { as: 'alice', body: { fleet, livepatch, reason: 'back', plan: PLAN, breakGlass } })
  change = String(answer.body['id'])
  return answer
}
const show = async () => (await house.ask('show-change', { as: 'dave', path: { change } })).body
const say = (as: PersonName, body: object) => house.ask('approve-change', { as, path: { change }, body })
const confirm = async (as: PersonName) => say(as, { decision: 'confirm', digest: (await show())['digest'] })
const approve = async (as: PersonName) => {
  const { digest } = await show()
  const { body } = await say(as, { decision: 'approve', digest, signOff: ['nothing-of-that'] })
  const signable = Array.isArray(body['signable']) ? body['signable'].map(String) : []
  return say(as, { decision: 'approve', digest, signOff: signable.filter(code => SIGNED.includes(code)) })
}
const judged = async (breakGlass: object, livepatch = OLD) => {
  const { status } = await propose(breakGlass, livepatch)
  expect(status).toBe(201)
  await validate(house.ports)({ change })
  return show()
}
const inEmergency = async (): Promise<void> => {
  await newFleet()
  expect(await judged(EMERGENCY)).toMatchObject({ status: 'in-review' })
}
const verdictOf = async () => (await house.ask('show-verdict', { as: 'dave', path: { change }, query: { recompute: 'true' } })).body

beforeAll(async () => {
  for (const name of ['1', '2'] as const) await submit(house, name)
})

describe('a leftover that is accepted by name', () => {
  beforeAll(inEmergency)

  test('puts into review what would be blocked, and the verdict says that it stays open', async () => {
    const { findings, outcome } = await show()
    expect(outcome).toBe('review')
    const found = Array.isArray(findings) ? findings.filter(({ code }) => code === 'missing-callback') : []
    expect(found).toMatchObject([
      {
        severity: 'review',
        evidence: { accepted: ACCEPTS.toReversed(), obligations: [{ text: LEFT[1] }, { text: LEFT[0] }] },
        remedy: expect.stringContaining('stays open'),
      },
    ])
    expect(await verdictOf()).toMatchObject({ recomputed: { outcome: 'equal' } })
  })

  test('is shown in the record and in what people approve, and asks for a second person until a time', async () => {
    expect(await show()).toMatchObject({
      breakGlass: { ...EMERGENCY, passes: [] },
      needs: expect.arrayContaining([
        `a second person who confirms the emergency, because it leaves behind what nothing takes over: ${ACCEPTS.join(', ')}`,
        expect.stringMatching(/^a second person who confirms the emergency INC-9, before 2026-/),
      ]),
      heldBackBy: expect.arrayContaining(['accepted-in-an-emergency']),
      timeline: expect.arrayContaining([expect.objectContaining({ text: expect.stringContaining(`to accept ${ACCEPTS.join(', ')}`) })]),
    })
  })

  test('is released by no number of approvals', async () => {
    for (const as of ['bob', 'carol', 'erin'] as const) expect((await approve(as)).body).toMatchObject({ status: 'in-review' })
    expect(await show()).toMatchObject({ heldBackBy: ['accepted-in-an-emergency'] })
  })

  test('is confirmed neither by its proposer, nor by who is no member, nor for another digest', async () => {
    expect(await confirm('alice')).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await confirm('dave')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await say('erin', { decision: 'confirm', digest: 'e'.repeat(64) })).toMatchObject({
      status: 409,
      body: { code: 'outdated-digest' },
    })
    expect(await show()).toMatchObject({ status: 'in-review', confirmation: null })
  })

  test('is looked at by those who may break the glass for it, with all that it is about; they may do nothing else', async () => {
    const looked = await Promise.all([
      house.ask('show-change', { as: 'frank', path: { change } }),
      house.ask('show-verdict', { as: 'frank', path: { change } }),
      house.ask('list-changes', { as: 'frank', query: {} }),
      house.ask('show-patch', { as: 'frank', path: { digest: OLD } }),
      house.ask('show-fleet', { as: 'frank', path: { fleet } }),
    ])
    expect(looked.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect((await house.ask('list-history', { as: 'frank' })).status).toBe(403)
    expect(await approve('frank')).toMatchObject({ status: 403 })
  })

  test('is released by a second person in time; a review is open from then on', async () => {
    const { digest, view } = (await house.ask('show-change', { as: 'frank', path: { change } })).body
    const confirmed = await say('frank', { decision: 'confirm', digest, seen: view })
    expect(confirmed).toMatchObject({ status: 201, body: { status: 'released', afterReview: 'open' } })
  })

  test('reaches the hosts: their stack is admitted', async () => {
    expect(await openWave(house.ports)({ change })).toMatchObject({ next: 'await' })
    const { directive } = (await house.store.fleets.directive(fleet)) ?? {}
    expect(directive?.ask?.admitted).toEqual([stackDigest(stackOf('2'))])
  })

  test('stays open in the lineage, and the review stays open beyond the end', async () => {
    await tell({ state: 'applied', change, stack: stackOf('1') })
    expect(await judgeWave(house.ports)({ change, wave: 0 })).toMatchObject({ next: 'complete' })
    await recordLineage(house.ports)({ change })
    const { body } = await house.ask('show-lineage', { as: 'dave', path: { digest: OLD } })
    expect(body['edges']).toMatchObject([{ previous: NEW, next: OLD, leftOpen: LEFT }])
    expect(await show()).toMatchObject({ status: 'completed', afterReview: 'open' })
    expect((await house.ask('list-changes', { as: 'dave', query: { review: 'open' } })).body['items']).toMatchObject([{ id: change }])
    expect(await say('frank', { decision: 'close-review', text: 'all well' })).toMatchObject({ status: 403 })
    expect(await say('dave', { decision: 'close-review', text: 'a bridge is built' })).toMatchObject({ status: 201 })
  })
})

describe('what was accepted was not met', () => {
  const THIRD = readFileSync(fileURLToPath(new URL('../data/ko/given/lp_basic.ko', import.meta.url)))
  const statement = { series: 'basic', version: '1' }

  beforeAll(async () => {
    const submitted = await house.ask('submit-patch', { as: 'alice', body: { module: THIRD.toString('base64'), statement } })
    expect(submitted.status).toBe(201)
    await newFleet()
    await judged(EMERGENCY)
    for (const as of ['bob', 'carol'] as const) await approve(as)
    await confirm('erin')
    await openWave(house.ports)({ change })
    await tell({ state: 'applied', change, stack: stackOf('1') })
    await judgeWave(house.ports)({ change, wave: 0 })
    await recordLineage(house.ports)({ change })
    expect(await show()).toMatchObject({ status: 'completed' })
  })

  test('so the next change finds it open, and it blocks unless it is named again', async () => {
    const { findings } = await judged({ ...EMERGENCY, accepts: ['missing-callback:lp_proc_1:vmlinux:pre_unpatch'] }, digestOfFile(THIRD))
    const blocking = Array.isArray(findings) ? findings.filter(({ severity }) => severity === 'block') : []
    expect(blocking).toMatchObject([
      {
        code: 'missing-callback',
        evidence: { obligations: LEFT.toReversed().map(text => ({ text, origin: 'carried' })) },
      },
    ])
    expect(await judged({ ...EMERGENCY, accepts: ACCEPTS }, digestOfFile(THIRD))).toMatchObject({ status: 'in-review' })
  })
})

describe('what an emergency cannot name', () => {
  beforeAll(() => newFleet())

  test.each([
    ['what the kernel refuses', 'incompatible-states', 'the kernel itself refuses that'],
    ['a missing symbol', 'symbol-missing:vmlinux:f', 'the kernel itself refuses that'],
    ['a file that is not what was signed', 'broken-signature', 'the file is not what was signed'],
    ['hosts of which nobody knows what they run', 'unknown-stack', 'nobody knows'],
    ['every leftover at once', 'missing-callback', 'name one leftover'],
    ['every leftover of a livepatch', 'missing-callback:lp_proc_2', 'name one leftover'],
    ['leftovers by a pattern', 'missing-callback:*:vmlinux:post_unpatch', 'name one leftover'],
    ['no callback of any livepatch', 'missing-callback:lp_proc_2:vmlinux:post_office', 'name one leftover'],
    ['what its owners block', 'fixes-lost', 'an edit of the settings'],
    ['what does not exist', 'toString', 'there is no finding'],
  ])('%s', async (_, named, why) => {
    expect(await propose({ ...EMERGENCY, accepts: [...ACCEPTS, named] })).toMatchObject({
      status: 422,
      body: { code: 'invalid-input', detail: expect.stringContaining(why) },
    })
  })

  test('nothing at all', async () => {
    expect(await propose({ ...EMERGENCY, accepts: [] })).toMatchObject({ status: 422 })
  })
})

describe('what is not named', () => {
  test.each([
    ['one of two leftovers', ACCEPTS.slice(0, 1)],
    ['another object', ['missing-callback:lp_proc_2:ext4:post_unpatch', 'missing-callback:lp_proc_2:ext4:pre_unpatch']],
    ['another livepatch', ACCEPTS.map(named => named.replace('lp_proc_2', 'lp_proc_1'))],
    ['another callback', ['missing-callback:lp_proc_2:vmlinux:pre_patch', 'missing-callback:lp_proc_2:vmlinux:post_patch']],
  ])('blocks: %s', async (_, accepts) => {
    await newFleet()
    expect(await judged({ ...EMERGENCY, accepts })).toMatchObject({ status: 'blocked', outcome: 'block' })
    expect(await say('erin', { decision: 'confirm', digest: 'e'.repeat(64) })).toMatchObject({ status: 409, body: { reason: 'ended' } })
  })

  test('blocks what the kernel refuses beside it', async () => {
    await newFleet({ ...stackOf('2'), kernelRelease: '6.1.0-51-amd64' })
    expect(await judged(EMERGENCY)).toMatchObject({ status: 'blocked' })
    expect(await show()).toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ code: 'kernel-release-mismatch' })]) })
  })

  test('and a policy that is not named either: an emergency passes nothing by what it accepts', async () => {
    await inEmergency()
    await confirm('erin')
    expect(await approve('bob')).toMatchObject({ body: { status: 'in-review' } })
    expect((await show())['heldBackBy']).toEqual(expect.arrayContaining(['two-people', 'security-reviews-risk']))
  })
})

describe('a second person who comes too late', () => {
  test('confirms nothing, and nothing releases the change any more', async () => {
    await inEmergency()
    for (const as of ['bob', 'carol'] as const) await approve(as)
    house.time += 3_600_000
    expect(await confirm('erin')).toMatchObject({ status: 409, body: { reason: 'confirmed-too-late' } })
    house.time -= 1_800_000
    expect(await say('dave', { decision: 'comment', comment: 'hm' })).toMatchObject({ status: 201 })
    house.time += 1_800_000
    expect(await show()).toMatchObject({
      status: 'in-review',
      needs: expect.arrayContaining([expect.stringMatching(/^a new proposal, because the emergency INC-9 could be confirmed until/)]),
    })
  })
})

describe('a verdict that changes', () => {
  test('voids what was confirmed; what is left behind then and was not named blocks', async () => {
    await inEmergency()
    await confirm('erin')
    await tell({ stack: { ...stackOf('2'), targets: ['nf_tables'] } })
    const { digest } = await show()
    const body = { digest, reason: 'other stacks' }
    expect(await house.ask('revise-change', { as: 'alice', path: { change }, body })).toMatchObject({ status: 201 })
    expect(await show()).toMatchObject({ status: 'in-review', confirmation: null, afterReview: 'open' })
    expect(await say('erin', { decision: 'confirm', digest })).toMatchObject({ status: 409, body: { code: 'outdated-digest' } })
    for (const as of ['bob', 'carol'] as const) await approve(as)
    expect(await show()).toMatchObject({ status: 'in-review', heldBackBy: ['accepted-in-an-emergency'] })
    expect(await confirm('erin')).toMatchObject({ status: 201, body: { status: 'released' } })
  })
})
