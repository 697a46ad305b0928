import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { runCommandLine } from '../../cli/run-command-line.ts'
import { problem, type Routes, startDouble } from './contract-double.ts'
import { asBob, home, logIn, stopLater } from './harness.ts'

const ID = '01JDC4M8T0000000000000000P'
const DIGEST = 'cd'.repeat(32)
const RULE = '@id("three") @reason("approvals of three people") forbid (principal, action, resource);\n'
const brief = {
  ...{ id: ID, status: 'in-review', version: 2, digest: DIGEST, fleet: 'edge', base: { edition: 3, version: 'ab' }, reason: 'outages' },
  ...{ proposer: 'alice', proposerName: 'Alice', proposedAt: '2026-11-23T11:00:00.000Z', decideBefore: '2026-12-07T11:00:00.000Z' },
  ...{ needs: ['approvals of two different people'], edition: null, ending: null, endedAt: null, paths: ['fleets/edge/three.cedar'] },
  approvals: [{ by: 'carol', name: 'Carol', groups: ['security'], at: '2026-11-23T11:30:00.000Z', comment: 'fine' }],
}
const edit = {
  ...brief,
  files: [
    {
      path: 'fleets/edge/three.cedar',
      change: 'added',
      text: RULE,
      diff: `--- /dev/null\n+++ b/fleets/edge/three.cedar\n@@ -0,0 +1,1 @@\n+${RULE}`,
    },
  ],
  timeline: [{ at: '2026-11-23T11:00:00.000Z', actor: 'alice', type: 'proposed', text: 'Alice proposed it' }],
}
const policies = {
  deployments: [
    { at: '2026-11-23T09:00:00.000Z', from: 'aa'.repeat(32), to: 'bb'.repeat(32), changed: ['release.cedar'] },
    { at: '2026-11-20T09:00:00.000Z', from: null, to: 'aa'.repeat(32), changed: ['release.cedar', 'roles.cedar'] },
  ],
  ...{ version: 'ab'.repeat(32), edition: 3, faults: [], schema: '', fleet: 'edge' },
  files: [
    { path: 'release.cedar', from: 'deployed', text: '' },
    { path: 'house/summer.cedar', from: 'edition', text: RULE },
  ],
  words: {
    kinds: [{ kind: 'every change', needs: ['approvals of two different people'], policies: [] }],
    settings: { tier: 'standard' },
    own: [],
    may: [],
    others: [],
  },
}
const routes: Routes = {
  'show-policies': () => ({ body: policies }),
  'propose-policy-edit': () => ({ status: 201, body: brief }),
  'list-policy-edits': () => ({ body: { items: [brief] } }),
  'show-policy-edit': () => ({ body: edit }),
  'decide-policy-edit': () => ({ status: 201, body: { ...brief, status: 'enacted', edition: 4, needs: [] } }),
  'list-policy-editions': () => ({
    body: {
      items: [
        { number: 3, version: 'ab'.repeat(32), edit: ID, at: '2026-11-22T11:00:00.000Z', by: 'carol', paths: ['house/summer.cedar'] },
      ],
    },
  }),
}
const run = (line: string, answers = routes) => asBob(answers, line.split(' '))

/** In a folder with these files. */
const within = async (files: Readonly<Record<string, string>>, args: readonly string[], answers = routes) => {
  const double = await startDouble(answers)
  stopLater(double.stop)
  const at = home({ env: { SUPERSEDE_URL: double.url } })
  logIn(at, double.url)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(at.directory, file, '..'), { recursive: true })
    writeFileSync(join(at.directory, file), text)
  }
  const exit = await runCommandLine(args, at.shell)
  return { exit, out: at.out(), err: at.err(), seen: double.seen, directory: at.directory }
}

describe('an edit of the policies', () => {
  test('is proposed from a folder: what differs, and the edition that it starts from', async () => {
    const files = {
      'p/house/summer.cedar': RULE,
      'p/fleets/edge/three.cedar': RULE,
      'p/freezes.json': '{}',
      'p/notes.txt': 'x',
      'p/release.cedar': '',
    }
    const ran = await within(files, ['policy', 'propose', 'p', '--remove', 'house/old.cedar', '-r', 'outages'])
    expect(ran).toMatchObject({ exit: 0, out: `${ID} is in-review\nneeds approvals of two different people\n` })
    expect(ran.seen.at(-1)?.body).toEqual({
      files: { 'fleets/edge/three.cedar': RULE, 'freezes.json': '{}', 'house/old.cedar': null },
      ...{ reason: 'outages', edition: 3 },
    })
  })

  test('is not proposed where nothing differs, nor out of files that are deployed', async () => {
    const files = { 'house/summer.cedar': RULE, 'release.cedar': '' }
    expect(await within(files, ['policy', 'propose', 'house', '-r', 'r'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('nothing differs'),
    })
    expect(await within(files, ['policy', 'propose', 'release.cedar', '-r', 'r'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining('by a deployment'),
    })
  })

  test('that is refused tells every fault, and ends as a refused file', async () => {
    const faults = [1, 2, 3, 4].map(index => ({ path: `house/${index}.cedar`, message: `fault ${index}` }))
    const refused = {
      ...routes,
      'propose-policy-edit': () => problem(422, 'policy-edit-refused', 'Not sound', 'Correct: fault 1; fault 2; fault 3.', { faults }),
    }
    const ran = await within({ 'house/1.cedar': 'x' }, ['policy', 'propose', 'house/1.cedar', '-r', 'r'], refused)
    expect(ran.exit).toBe(12)
    expect(ran.err).toContain('house/4.cedar: fault 4')
  })

  test('is shown with what differs', async () => {
    const { out } = await run(`policy edit ${ID}`)
    for (const text of [
      'fleet edge',
      'Alice, 2026-11-23T11:00:00Z, on edition 3',
      '+++ b/fleets/edge/three.cedar',
      `+${RULE.trim()}`,
      'Carol (security)',
      'Alice proposed it',
    ])
      expect(out).toContain(text)
    expect((await run('policy edits --status in-review')).out).toContain(ID)
  })

  test('stands in the history of the policies between the deployments, the newest first', async () => {
    const { exit, out } = await run('policy history')
    expect(exit).toBe(0)
    const lines = out.split('\n').map(line => line.trim().split(/ {2,}/))
    expect(lines.slice(1, 4)).toEqual([
      ['2026-11-23T09:00:00Z', 'deployment', 'aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'release.cedar'],
      ['2026-11-22T11:00:00Z', 'edition 3, carol', 'abababababab', 'house/summer.cedar'],
      ['2026-11-20T09:00:00Z', 'deployment', 'aaaaaaaaaaaa', 'release.cedar roles.cedar'],
    ])
    expect(JSON.parse((await run('policy history -o json')).out).items).toHaveLength(3)
  })

  test('is approved as it is shown, or by the digest that was reviewed', async () => {
    const shown = await run(`policy approve ${ID} -m fine`)
    expect(shown).toMatchObject({ exit: 0, out: `${ID} is enacted: edition 4\n` })
    expect(shown.err).toContain('+++ b/fleets/edge/three.cedar')
    expect(shown.seen.at(-1)?.body).toEqual({ decision: 'approve', digest: DIGEST, comment: 'fine' })
    const reviewed = await run(`policy approve ${ID} --digest ${'0'.repeat(64)}`)
    expect(reviewed.seen).toHaveLength(1)
    expect(reviewed.seen.at(-1)?.body).toEqual({ decision: 'approve', digest: '0'.repeat(64) })
  })

  test('is rejected with a reason, withdrawn, commented', async () => {
    expect((await run(`policy reject ${ID}`)).exit).toBe(2)
    expect((await run(`policy reject ${ID} -r strict`)).seen.at(-1)?.body).toEqual({ decision: 'reject', digest: DIGEST, reason: 'strict' })
    expect((await run(`policy withdraw ${ID}`)).seen.at(-1)?.body).toEqual({ decision: 'withdraw' })
    expect((await run(`policy comment ${ID} -m why?`)).seen.at(-1)?.body).toEqual({ decision: 'comment', comment: 'why?' })
  })
})

describe('the policies in force', () => {
  test('are told with their files and in plain words', async () => {
    const ran = await run('policy active edge')
    expect(ran.seen.at(-1)?.query).toEqual({ fleet: 'edge' })
    for (const text of ['edition', 'house/summer.cedar', 'deployment', 'What a release on edge needs', 'approvals of two different people'])
      expect(ran.out).toContain(text)
    expect((await run('policy editions')).out).toContain('2026-11-22T11:00:00Z')
  })

  test('are written out to be edited, and nowhere else', async () => {
    const ran = await run('policy active --out mine')
    expect(ran).toMatchObject({ exit: 0, out: '1 file of edition 3 in mine\n' })
    expect(readFileSync(join(ran.directory, 'mine/house/summer.cedar'), 'utf8')).toBe(RULE)
    const astray = { ...policies, files: [{ path: '../../astray.cedar', from: 'edition', text: RULE }] }
    expect((await run('policy active --out mine', { ...routes, 'show-policies': () => ({ body: astray }) })).exit).toBe(1)
  })
})
