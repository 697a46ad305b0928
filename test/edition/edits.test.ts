import { beforeAll, describe, expect, test } from '@jest/globals'
import { createFleet } from '../functions/demo.ts'
import { type Answered, type Ask, openHouse } from '../functions/house.ts'

const house = openHouse()
type Files = Readonly<Record<string, string | null>>

/** A rule of the house that forbids releases of one person's changes. */
const rule = (id: string, action = 'releaseChange'): string =>
  `@id("${id}") @reason("an end to ${id}") forbid (principal, action == Action::"${action}", resource) when { resource.proposer == Person::"${id}" };\n`
const teamRule = (fleet: string, id: string): string =>
  `@id("${id}") @reason("approvals of three people")\nforbid (principal, action == Action::"releaseChange", resource in Fleet::"${fleet}") unless { context.approvals.people >= 3 };\n`

const propose = (files: Files, ask: Ask = {}): Promise<Answered> =>
  house.ask('propose-policy-edit', { as: 'alice', body: { files, reason: 'because' }, ...ask })
const proposed = async (files: Files): Promise<{ readonly edit: string; readonly digest: string }> => {
  const answer = await propose(files)
  expect(answer).toMatchObject({ status: 201 })
  return { edit: String(answer.body['id']), digest: String(answer.body['digest']) }
}
const decide = (as: 'alice' | 'bob' | 'carol' | 'dave', edit: string, body: Readonly<Record<string, unknown>>): Promise<Answered> =>
  house.ask('decide-policy-edit', { as, path: { edit }, body })
const approve = (as: 'alice' | 'bob' | 'carol', { edit, digest }: { edit: string; digest: string }) =>
  decide(as, edit, { decision: 'approve', digest })
const show = async (edit: string) => (await house.ask('show-policy-edit', { as: 'dave', path: { edit } })).body
const enacted = async (files: Files): Promise<string> => {
  const seen = await proposed(files)
  await approve('bob', seen)
  expect(await approve('carol', seen)).toMatchObject({ status: 201, body: { status: 'enacted' } })
  return seen.edit
}
const active = async (fleet?: string) => (await house.ask('show-policies', { as: 'dave', query: fleet ? { fleet } : {} })).body
const editionInForce = async (): Promise<number> => Number((await active())['edition'])

beforeAll(async () => {
  await createFleet(house, 'edge')
})

describe('an edit', () => {
  test('comes into force with the approvals that the policies before it ask for, and says all the way what is missing', async () => {
    const before = await active()
    const seen = await proposed({ 'house/vacation.cedar': rule('mallory') })
    expect(await show(seen.edit)).toMatchObject({
      status: 'in-review',
      base: { edition: before['edition'], version: before['version'] },
      needs: [expect.stringMatching(/^approvals of two different people, before 2026-/), expect.stringContaining('one of security')],
      files: [
        {
          path: 'house/vacation.cedar',
          change: 'added',
          diff: expect.stringMatching(/^--- \/dev\/null\n\+\+\+ b\/house\/vacation.cedar\n@@ -0,0 \+1,1 @@\n\+@id/),
        },
      ],
    })
    expect(await approve('bob', seen)).toMatchObject({ status: 201, body: { status: 'in-review' } })
    expect(await approve('carol', seen)).toMatchObject({ status: 201, body: { status: 'enacted', edition: 1, needs: [] } })
    const after = await active()
    expect(after['edition']).toBe(1)
    expect(after['version']).not.toBe(before['version'])
    expect(after['files']).toContainEqual({ path: 'house/vacation.cedar', from: 'edition', text: rule('mallory') })
    const { timeline } = await show(seen.edit)
    expect(Array.isArray(timeline) && timeline.map(({ text }) => text)).toEqual([
      'Alice proposed to edit the policies (1 file): because',
      'Bob approved',
      'Carol approved',
      'It came into force as edition 1',
    ])
  })

  test('of one fleet’s own rules needs no one of security, and is told in plain words of that fleet alone', async () => {
    const seen = await proposed({ 'fleets/edge/three.cedar': teamRule('edge', 'edge-three') })
    expect((await show(seen.edit))['needs']).toEqual([expect.stringMatching(/^approvals of two different people, before 2026-/)])
    await approve('bob', seen)
    await approve('carol', seen)
    const said = async (fleet: string) => JSON.stringify(Object(await active(fleet))['words'].kinds)
    expect(await said('edge')).toContain('approvals of three people')
    expect(await said('core')).not.toContain('approvals of three people')
  })
})

describe('who says what', () => {
  test('the proposer decides nothing, may comment, and may take it back', async () => {
    const { edit, digest } = await proposed({ 'house/own.cedar': rule('own') })
    expect(await decide('alice', edit, { decision: 'approve', digest })).toMatchObject({ status: 403, body: { code: 'four-eyes' } })
    expect(await decide('alice', edit, { decision: 'reject', digest, reason: 'r' })).toMatchObject({ status: 403 })
    expect(await decide('alice', edit, { decision: 'comment', comment: 'have a look' })).toMatchObject({ status: 201 })
    expect(await decide('alice', edit, { decision: 'withdraw', reason: 'no' })).toMatchObject({
      body: { status: 'withdrawn', ending: 'Alice withdrew it: no' },
    })
    expect(await approve('bob', { edit, digest })).toMatchObject({ status: 409, body: { code: 'not-allowed-now' } })
  })

  test('one no ends it', async () => {
    const { edit, digest } = await proposed({ 'house/no.cedar': rule('no') })
    expect(await decide('bob', edit, { decision: 'reject', digest, reason: 'too strict' })).toMatchObject({
      body: { status: 'rejected', ending: 'Bob rejected it: too strict' },
    })
  })

  test('an approval that was taken back counts no more', async () => {
    const seen = await proposed({ 'house/back.cedar': rule('back') })
    await approve('bob', seen)
    expect(await decide('bob', seen.edit, { decision: 'withdraw' })).toMatchObject({ body: { approvals: [] } })
    const needs = [expect.stringMatching(/^approvals of two different people: one more, before 2026-/)]
    expect(await approve('carol', seen)).toMatchObject({ body: { status: 'in-review', needs } })
    expect(await approve('bob', seen)).toMatchObject({ body: { status: 'enacted' } })
  })

  test('auditors read and comment, and neither propose nor approve', async () => {
    expect(await propose({ 'house/a.cedar': rule('a') }, { as: 'dave' })).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    const { edit, digest } = await proposed({ 'house/audit.cedar': rule('audit') })
    expect(await decide('dave', edit, { decision: 'approve', digest })).toMatchObject({ status: 403 })
    expect(await decide('dave', edit, { decision: 'comment', comment: 'why?' })).toMatchObject({ status: 201 })
    await decide('alice', edit, { decision: 'withdraw' })
  })

  test('what was not seen is not approved, and the same word twice is said once', async () => {
    const seen = await proposed({ 'house/seen.cedar': rule('seen') })
    expect(await approve('bob', { ...seen, digest: '0'.repeat(64) })).toMatchObject({ status: 409, body: { code: 'outdated-digest' } })
    expect((await approve('bob', seen)).status).toBe(201)
    expect((await approve('bob', seen)).status).toBe(201)
    const { timeline, approvals } = await show(seen.edit)
    expect(approvals).toHaveLength(1)
    expect(timeline).toHaveLength(2)
    await decide('alice', seen.edit, { decision: 'withdraw' })
  })

  test('there is no edit of another name', async () => {
    expect(await decide('bob', '../active', { decision: 'withdraw' })).toMatchObject({ status: 404, body: { code: 'unknown-policy-edit' } })
    expect(await house.ask('show-policy-edit', { as: 'dave', path: { edit: 'head' } })).toMatchObject({ status: 404 })
  })
})

describe('an edit is refused before anybody reads it, and every fault is told with its file', () => {
  const sound = rule('sound')
  const freeze = (name: string) =>
    JSON.stringify({
      freezes: [{ name, owner: 'operators', reason: 'r', timeZone: 'UTC', every: 'week', from: 'fri 18:00', until: 'mon 08:00' }],
    })
  const permit = '@id("open") @reason("r") permit (principal, action == Action::"releaseChange", resource);'
  const rows: readonly (readonly [string, Files, readonly (readonly [string, RegExp])[]])[] = [
    ['a permit of the house', { 'house/open.cedar': permit }, [['house/open.cedar', /open: .*only forbid/]]],
    ['a permit of a fleet', { 'fleets/edge/open.cedar': permit }, [['fleets/edge/open.cedar', /only forbid/]]],
    ['a fleet’s rule about every fleet', { 'fleets/edge/all.cedar': sound }, [['fleets/edge/all.cedar', /reaches beyond the fleet/]]],
    [
      'a fleet’s rule about another fleet',
      { 'fleets/edge/x.cedar': teamRule('core', 'x') },
      [['fleets/edge/x.cedar', /reaches beyond the fleet/]],
    ],
    [
      'a freeze of an unknown fleet, which would hold nothing',
      { 'freezes.json': freeze('x').replace('"name":"x",', '"name":"x","fleets":["edge","egde"],') },
      [['freezes.json', /there is no fleet egde/]],
    ],
    [
      'settings of an unknown fleet, each one once',
      {
        'settings.json': JSON.stringify({
          tiers: { egde: 'production' },
          windows: { egde: [{ name: 'w', timeZone: 'UTC', every: 'day', from: '01:00', until: '02:00' }] },
          stricter: { '*': { unsigned: 'r' } },
        }),
      },
      [['settings.json', /there is no fleet egde/]],
    ],
    ['an unknown fleet', { 'fleets/nowhere/x.cedar': teamRule('nowhere', 'x') }, [['fleets/nowhere/', /no fleet nowhere/]]],
    ['Cedar that does not parse', { 'house/a.cedar': 'forbid (' }, [['house/a.cedar', /unexpected/]]],
    ['a rule without a reason', { 'house/a.cedar': '@id("a") forbid (principal, action, resource);' }, [['house/a.cedar', /@reason/]]],
    [
      'what the schema does not know',
      { 'house/a.cedar': '@id("a") @reason("r") forbid (principal, action == Action::"dance", resource);' },
      [['house/a.cedar', /dance/]],
    ],
    ['an id that is deployed', { 'house/a.cedar': rule('two-people') }, [['house/a.cedar', /taken already/]]],
    [
      'two faults in two files',
      { 'house/a.cedar': 'forbid (', 'house/b.cedar': permit },
      [
        ['house/a.cedar', /unexpected/],
        ['house/b.cedar', /only forbid/],
      ],
    ],
    ['one id in two files', { 'house/a.cedar': sound, 'house/b.cedar': sound }, [['house/b.cedar', /taken already/]]],
    [
      'a freeze that nobody owns',
      { 'freezes.json': freeze('x').replace('"owner":"operators",', '') },
      [['freezes.json', /x has no owner/]],
    ],
    ['a calendar that is none', { 'freezes.json': '{' }, [['freezes.json', /no JSON/]]],
    [
      'a freeze on the 31st of never',
      { 'freezes.json': freeze('x').replace('fri 18:00', '31 18:00') },
      [['freezes.json', /written as fri 18:00/]],
    ],
    ['settings that are none', { 'settings.json': '{"tiers":{"edge":"Gold!"}}' }, [['settings.json', /tiers/]]],
    ['a file that is taken away and was never there', { 'house/none.cedar': null }, [['house/none.cedar', /no such file/]]],
    ['nothing', {}, [['', /changes no file/]]],
    ['an empty file', { 'house/a.cedar': ' \n' }, [['house/a.cedar', /empty/]]],
    ['too long a file', { 'house/a.cedar': `${sound}//${'x'.repeat(70_000)}` }, [['house/a.cedar', /65536 bytes/]]],
    ['too many files', Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`house/a${index}.cedar`, sound])), [['', /32 files/]]],
    ['a text that ends in the middle', { 'house/a.cedar': `${sound}// \u0000` }, [['house/a.cedar', /no text/]]],
    [
      'a house in which nobody could edit policies any more',
      { 'house/a.cedar': '@id("shut") @reason("r") forbid (principal, action, resource);' },
      [
        ['', /look at the policies.*shut/],
        ['', /propose an edit.*shut/],
        ['', /approve one.*shut/],
        ['', /put one into force.*shut/],
      ],
    ],
    [
      'approvals that nobody could give',
      {
        'house/a.cedar':
          '@id("many") @reason("r") forbid (principal, action == Action::"enactPolicy", resource) when { context.approvals.people < 9999 };',
      },
      [['', /put one into force.*many/]],
    ],
  ]
  test.each(rows)('%s', async (_, files, faults) => {
    const answer = await propose(files)
    expect(answer).toMatchObject({ status: 422, body: { code: 'policy-edit-refused' } })
    const told = answer.body['faults']
    expect(told).toEqual(faults.map(([path, message]) => ({ path, message: expect.stringMatching(message) })))
  })

  const names = [
    ...['../release.cedar', 'house/../release.cedar', 'release.cedar', 'house/a.cedarschema', 'house/a.cedar ', 'house/A.cedar'],
    ...[
      '/house/a.cedar',
      'house//a.cedar',
      'house/b/a.cedar',
      'house/.cedar',
      'fleets/a.cedar',
      'fleets/../a.cedar',
      'fleets/edge/../../a.cedar',
    ],
    ...[
      'house\\a.cedar',
      'house/а.cedar',
      'house/a.cedar\n',
      'HOUSE/a.cedar',
      'schema.cedarschema',
      'settings.json/x',
      'fleets/e%2Fdge/a.cedar',
    ],
  ]
  test.each(names)('the name %j', async path => {
    const answer = await propose({ [path]: sound })
    expect(answer).toMatchObject({ status: 422, body: { faults: [{ path, message: expect.stringContaining('no such file') }] } })
  })

  test('a megabyte of text, without looking at it', async () => {
    expect(await propose({ 'house/a.cedar': 'x'.repeat(1_000_000) })).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
  })

  test('a name that reaches for the prototype', async () => {
    const text = '{"files":{"__proto__":"x"},"reason":"r"}'
    expect(await house.ask('propose-policy-edit', { as: 'alice', text })).toMatchObject({ status: 400, body: { code: 'malformed-json' } })
  })

  test('what is exactly so already', async () => {
    await enacted({ 'house/same.cedar': rule('same') })
    expect(await propose({ 'house/same.cedar': rule('same') })).toMatchObject({
      status: 422,
      body: { faults: [{ path: 'house/same.cedar', message: 'it is exactly so already' }] },
    })
  })

  test('an edition that is no longer in force', async () => {
    const edition = await editionInForce()
    await enacted({ 'house/newer.cedar': rule('newer') })
    const body = { files: { 'house/older.cedar': rule('older') }, reason: 'r', edition }
    expect(await house.ask('propose-policy-edit', { as: 'alice', body })).toMatchObject({
      status: 409,
      body: { code: 'policy-edit-outdated', edition: edition + 1 },
    })
  })
})
