import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { runCommandLine } from '../../cli/run-command-line.ts'
import { problem, type Routes, startDouble } from './contract-double.ts'
import { asBob, home, logIn, NOW, stopLater } from './harness.ts'

const DIGEST = 'ab'.repeat(32)
const OTHER = `abcdef${'01'.repeat(29)}`
const ID = '01JDC4M8T0000000000000000A'
const manifest = {
  digest: DIGEST,
  name: 'lp_proc_2',
  series: 'proc',
  version: '2',
  kernelRelease: '6.1.0',
  arch: 'x86_64',
  replace: true,
  objects: [
    {
      name: null,
      functions: [
        { name: 'cmdline_proc_show', sympos: '0' },
        { name: 'twice', sympos: '2' },
      ],
      callbacks: { pre_patch: 'before' },
    },
  ],
  fixes: ['CVE-2026-0001'],
  signature: { present: false, signer: null },
  size: 4096,
}
const change = {
  id: ID,
  fleet: 'edge',
  livepatch: DIGEST,
  status: 'in-review',
  version: 2,
  proposer: 'alice',
  proposerName: 'Alice Arnaud',
  proposedAt: '2026-11-23T11:00:00.000Z',
  reason: 'CVE-2026-0001',
  digest: 'cd'.repeat(32),
  outcome: 'review',
  approvals: [{ by: 'carol', name: 'Carol', groups: ['security'], at: '2026-11-23T11:30:00.000Z', comment: 'fine' }],
  needs: ['an approval by one of kernel-maintainers'],
  decideBefore: '2026-11-26T11:00:00.000Z',
  wave: null,
  waves: [
    { wave: 0, share: 500, state: 'waiting', counts: null },
    { wave: 1, share: 10_000, state: 'waiting', counts: null },
  ],
  halted: null,
  findings: [{ code: 'no-way-back', severity: 'review', message: 'There is no way back.', remedy: 'Build a bridge.' }],
  timeline: [{ at: '2026-11-23T11:00:00.000Z', actor: 'alice', type: 'proposed', text: 'Alice proposed it' }],
}
const HOLD = '01JDC4M8T0000000000000000H'
const held = {
  id: HOLD,
  scope: 'livepatch',
  target: DIGEST,
  owner: { id: 'carol', name: 'Carol' },
  reason: 'panics on EPYC',
  expiresAt: '2026-12-01T18:00:00.000Z',
}
const patches: Routes = {
  'list-patches': () => ({ body: { items: [manifest, { ...manifest, digest: OTHER, name: 'lp_proc_3', version: '3' }] } }),
}

describe('listings', () => {
  const rows: readonly (readonly [args: string, id: string, item: object, shown: readonly string[]])[] = [
    ['patch list', 'list-patches', manifest, ['abababababab', 'lp_proc_2', 'CVE-2026-0001', 'yes']],
    ['change list', 'list-changes', change, [ID, 'in-review', 'alice', '2026-11-23T11:00:00Z']],
    ['change list', 'list-changes', { ...change, status: 'completed', afterReview: 'open' }, ['completed (review open)']],
    ['change list', 'list-changes', { ...change, holds: [held], afterReview: 'open' }, ['in-review (held, review open)']],
    [
      'hold list --all',
      'list-holds',
      { ...held, state: 'lifted', lifted: { by: { id: 'bob', name: 'Bob' }, at: '', reason: 'r' } },
      [HOLD, 'livepatch abababababab', 'Carol', '2026-12-01T18:00:00Z', 'lifted', 'panics'],
    ],
    ['fleet list', 'list-fleets', { id: 'core', holds: [held] }, ['core', 'until 2026-12-01T18:00:00Z']],
    ['fleet list', 'list-fleets', { id: 'edge', hosts: 40, description: 'proxies', createdAt: '' }, ['edge', '40', 'proxies']],
    [
      'fleet hosts edge',
      'list-hosts',
      {
        id: 'edge-07',
        state: 'applied',
        kernelRelease: '6.1.0',
        livepatches: [{ name: 'lp_1' }, { name: 'hotfix' }],
        refusal: { code: 'stack-not-admitted' },
      },
      ['edge-07', 'applied', 'lp_1 + hotfix', 'stack-not-admitted'],
    ],
    [
      'history',
      'list-history',
      {
        at: '2026-11-23T11:00:00.000Z',
        actor: 'bob',
        stream: `change#${ID}`,
        sequence: 3,
        events: [{ type: 'approved' }, { type: 'released' }],
        policies: ['approve'],
        hash: DIGEST,
      },
      ['bob', 'approved released', 'approve', `change#${ID}`],
    ],
    [
      'host history edge-07',
      'show-host-history',
      {
        trueAt: '2026-11-23T11:00:00.000Z',
        learnedAt: '',
        state: 'applied',
        livepatches: [{ name: 'lp_2' }],
        change: { id: ID, approvedBy: [{ id: 'bob', name: 'Bob' }] },
      },
      ['applied', 'lp_2', ID, 'Bob'],
    ],
  ]
  const transition = {
    livepatch: 'lp_2',
    direction: 'patching',
    since: 1_700_000_000_000,
    at: 1_700_000_120_000,
    waiting: 2,
    tasks: [
      {
        pid: 79,
        name: 'nvme-wq',
        kthread: true,
        state: 'I',
        functions: ['nvme:nvme_poll'],
        stack: ['nvme_poll+0xa7/0xe0 [nvme]', 'kthread+0xd7/0x100'],
      },
      { pid: 80, name: 'cat', kthread: false, state: 'D', functions: [], stack: [] },
    ],
    unproven: [],
    log: ['livepatch: signaling remaining tasks'],
  }

  test('fleet hosts names the first task that a stalled transition waits for', async () => {
    const items = [
      { id: 'edge-07', state: 'transition-stalled', transition },
      { id: 'edge-08', state: 'applied', transition: null },
    ]
    const { out } = await asBob({ 'list-hosts': () => ({ body: { items } }) }, ['fleet', 'hosts', 'edge'])
    expect(out).toContain('kernel thread nvme-wq (79) in nvme:nvme_poll and 1 more')
    expect(out.split('\n').find(line => line.includes('edge-08'))).toMatch(/applied$/)
  })

  test('host history explains a stalled transition below, and what it waited for at each time', async () => {
    const fact = { trueAt: '', learnedAt: '', state: 'transition-stalled', livepatches: [], change: null, transition }
    const body = { items: [fact], host: { id: 'edge-07', transition } }
    const { out } = await asBob({ 'show-host-history': () => ({ body }) }, ['host', 'history', 'edge-07'])
    for (const text of [
      'The transition of lp_2 has stalled (patching)',
      '2023-11-14T22:15:20Z, after 120 s',
      '2 tasks',
      'nvme_poll+0xa7/0xe0 [nvme]',
      'cat (80) in code that cannot be told',
      'livepatch: signaling remaining tasks',
    ])
      expect(out).toContain(text)
    expect(out.split('\n')[1]).toContain('kernel thread nvme-wq (79) in nvme:nvme_poll and 1 more')
  })

  test.each([
    ['whom it may not look at', { waiting: null, tasks: [] }, 'the host cannot tell whom'],
    ['for nobody, though something is not in force', { waiting: 0, tasks: [], unproven: ['vmlinux:f'] }, 'vmlinux:f'],
    ['for somebody at a time that is none', { since: 1e300, at: 'x' }, '2 tasks'],
  ] as const)('host history shows a transition that waits %s', async (_, over, shown) => {
    const body = { items: [], host: { id: 'edge-07', transition: { ...transition, ...over } } }
    expect((await asBob({ 'show-host-history': () => ({ body }) }, ['host', 'history', 'edge-07'])).out).toContain(shown)
  })

  test.each(rows)('%s shows a table, and with -o json what the server said', async (args, id, item, shown) => {
    const body = { items: [item], next: 'c2' }
    const table = await asBob({ [id]: () => ({ body }) }, args.split(' '))
    expect(table).toMatchObject({ exit: 0, err: 'There is more: --cursor c2\n' })
    for (const text of shown) expect(table.out).toContain(text)
    const json = await asBob({ [id]: () => ({ body }) }, [...args.split(' '), '-o', 'json', '--limit', '7', '--cursor', 'c1'])
    expect(JSON.parse(json.out)).toEqual(body)
    expect(json.seen[0]).toMatchObject({ id, query: { limit: '7', cursor: 'c1' } })
  })

  test('an empty listing leaves stdout empty and says what to do', async () => {
    const ran = await asBob({ 'list-changes': () => ({ body: { items: [] } }) }, ['change', 'list'])
    expect(ran).toMatchObject({ exit: 0, out: '', err: 'No changes; supersede change propose makes one.\n' })
    const narrowed = await asBob({ 'list-changes': () => ({ body: { items: [] } }) }, ['change', 'list', '--review', 'open'])
    expect(narrowed.err).toBe('No such changes.\n')
  })
})

describe('naming a livepatch', () => {
  const show = { ...patches, 'show-patch': () => ({ body: manifest }) } satisfies Routes
  test.each([DIGEST, 'lp_proc_2', 'proc@2', 'abab' + 'ab'])('%s finds it', async reference => {
    const ran = await asBob(show, ['patch', 'show', reference])
    expect(ran.exit).toBe(0)
    expect(ran.seen.at(-1)).toMatchObject({ id: 'show-patch', path: { digest: DIGEST } })
    expect(ran.out).toContain('vmlinux:cmdline_proc_show')
    expect(ran.out).toContain('vmlinux:twice,2')
  })
  test('a name that nothing has is told', async () => {
    expect(await asBob(show, ['patch', 'show', 'lp_none'])).toMatchObject({
      exit: 4,
      err: expect.stringContaining('no livepatch is called lp_none'),
    })
  })
  test('a beginning that two have is told', async () => {
    const both = { 'list-patches': () => ({ body: { items: [manifest, { ...manifest, digest: `ababab${'0'.repeat(58)}` }] } }) }
    expect(await asBob(both, ['patch', 'show', 'ababab'])).toMatchObject({ exit: 2, err: expect.stringContaining('names 2 livepatches') })
  })
  test('it is looked for on every page', async () => {
    const pages: Routes = {
      'list-patches': ({ query }) => ({ body: query['cursor'] === 'p2' ? { items: [manifest] } : { items: [], next: 'p2' } }),
      'show-patch': () => ({ body: manifest }),
    }
    expect((await asBob(pages, ['patch', 'show', 'lp_proc_2'])).exit).toBe(0)
  })
})

describe('submitting', () => {
  const submit = async (bytes: Uint8Array, routes: (url: () => string) => Routes, ...args: readonly string[]) => {
    let url = ''
    const double = await startDouble(routes(() => url))
    stopLater(double.stop)
    url = double.url
    const at = home({ env: { SUPERSEDE_URL: double.url } })
    logIn(at, double.url)
    writeFileSync(join(at.directory, 'lp.ko'), bytes)
    const exit = await runCommandLine(['patch', 'submit', 'lp.ko', ...args], at.shell)
    return { exit, out: at.out(), err: at.err(), seen: double.seen }
  }

  test('a small module goes inline, with what the options state', async () => {
    const options = ['--series', 'edge', '--version', '3', '--fixes', 'CVE-1', '--fixes', 'CVE-2', '--adopts', 'lp_2:vmlinux:post_unpatch']
    const ran = await submit(Buffer.from('ELF'), () => ({ 'submit-patch': () => ({ status: 201, body: manifest }) }), ...options)
    expect(ran).toMatchObject({ exit: 0, err: 'lp.ko is in the catalog\n' })
    expect(ran.seen[0]?.body).toEqual({
      module: Buffer.from('ELF').toString('base64'),
      statement: { series: 'edge', version: '3', fixes: ['CVE-1', 'CVE-2'], adopts: ['lp_2:vmlinux:post_unpatch'] },
    })
  })
  test('one that is there already is said to be', async () => {
    const ran = await submit(Buffer.from('ELF'), () => ({ 'submit-patch': () => ({ status: 200, body: manifest }) }))
    expect(ran.err).toBe('lp.ko was in the catalog already\n')
  })
  test('a large module goes to the bucket first, without the login', async () => {
    const bytes = Buffer.alloc(4_000_001, 7)
    const ran = await submit(bytes, url => ({
      'upload-patch': () => ({
        status: 201,
        body: { upload: ID, url: `${url()}/bucket/x`, headers: { 'content-length': '4000001', 'x-amz-checksum-sha256': 'sum' } },
      }),
      upload: () => ({ status: 200 }),
      'submit-patch': () => ({ status: 201, body: manifest }),
    }))
    expect(ran.exit).toBe(0)
    expect(ran.seen.map(({ id }) => id)).toEqual(['upload-patch', 'upload', 'submit-patch'])
    expect(ran.seen[0]?.body).toMatchObject({ size: 4_000_001, digest: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(Buffer.compare(ran.seen[1]?.bytes ?? Buffer.alloc(0), bytes)).toBe(0)
    expect(ran.seen[1]?.headers).toMatchObject({ 'x-amz-checksum-sha256': 'sum' })
    expect(ran.seen[1]?.headers['authorization']).toBeUndefined()
    expect(ran.seen[2]?.body).toEqual({ upload: ID })
  })
  test('a file that was refused is told with its place', async () => {
    const refusal = { code: 'section-table-outside-file', section: 'file', offset: 40, reason: 'it does not fit' }
    const answer = problem(422, 'not-a-livepatch', 'The file is no livepatch', 'Submit another: it does not fit.', { refusal })
    const ran = await submit(Buffer.from('ELF'), () => ({ 'submit-patch': () => answer }))
    expect(ran).toMatchObject({ exit: 12, err: expect.stringContaining('  hint: section-table-outside-file (file, byte 40)\n') })
  })
  test.each([
    ['not-a-livepatch', null, 12],
    ['unreadable', 'objects', 11],
    ['missing', 'objects', 11],
    ['missing', 'series', 1],
    ['contradicted', 'replace', 1],
  ])('a file of which no manifest can be made ends by what is wrong with it: %s %s is %d', async (code, field, exit) => {
    const refusal = { code, field, section: null, offset: null, reason: 'r' }
    const ran = await submit(Buffer.from('ELF'), () => ({
      'submit-patch': () => problem(422, 'not-a-livepatch', 'No', 'Why', { refusal }),
    }))
    expect(ran.exit).toBe(exit)
  })
  test('a file without bytes is refused before anything is asked', async () => {
    const ran = await submit(Buffer.alloc(0), () => ({}))
    expect(ran).toMatchObject({ exit: 12, err: 'error: lp.ko: the file has no bytes\n', seen: [] })
  })
  test('what the server says of requests is told as commands', async () => {
    const detail = 'Look for the livepatch with `GET /patches`, or submit it; "x" is none. See `GET /elsewhere`.'
    const ran = await asBob({ 'show-change': () => problem(404, 'unknown-livepatch', 'None', detail) }, ['change', 'show', ID])
    expect(ran).toMatchObject({
      exit: 4,
      err: 'error: None (unknown-livepatch)\n  hint: Look for the livepatch with supersede patch list, or submit it; "x" is none. See `GET /elsewhere`.\n  hint: supersede patch submit FILE submits it\n',
    })
  })
  test('a file that is not there is told before anything is asked', async () => {
    expect(await asBob({}, ['patch', 'submit', 'none.ko'])).toMatchObject({
      exit: 1,
      err: 'error: none.ko: there is no such file\n',
      seen: [],
    })
  })
})

describe('proposing', () => {
  const routes: Routes = { ...patches, 'propose-change': () => ({ status: 201, body: { ...change, status: 'proposed' } }) }
  test('sends fleet, livepatch, reason and the plan that was asked for, and prints the id alone', async () => {
    const ran = await asBob(routes, [
      'change',
      'propose',
      '-f',
      'edge',
      '--livepatch',
      'lp_proc_2',
      '-r',
      'why',
      '--waves',
      '5,50,100',
      '--soak',
      '30m',
    ])
    expect(ran).toMatchObject({ exit: 0, out: `${ID}\n` })
    expect(ran.seen.at(-1)?.body).toEqual({
      fleet: 'edge',
      livepatch: DIGEST,
      reason: 'why',
      plan: { waves: [{ share: 500 }, { share: 5_000 }, { share: 10_000 }], soakSeconds: 1_800 },
    })
  })
  test('names what an emergency accepts and passes, and shows it with what became of it', async () => {
    const leftover = 'missing-callback:lp_2:vmlinux:post_unpatch'
    const words = ['--emergency', 'INC-7', '--emergency-reason', 'hosts panic', '--accept', leftover, '--pass', 'two-people']
    const ran = await asBob(routes, ['change', 'propose', '-f', 'edge', '--patch', DIGEST, '-r', 'why', ...words])
    const breakGlass = { incident: 'INC-7', reason: 'hosts panic', passes: ['two-people'], accepts: [leftover] }
    expect(ran.seen.at(-1)?.body).toMatchObject({ breakGlass })
    const shown = { ...change, breakGlass, confirmation: null, afterReview: null }
    const { out } = await asBob({ 'show-change': () => ({ body: shown }) }, ['change', 'show', ID])
    expect(out).toContain(`INC-7, to pass two-people and to accept ${leftover}: hosts panic (not confirmed)`)
    const alone = await asBob(routes, ['change', 'propose', '-f', 'edge', '--patch', DIGEST, '-r', 'why', '--accept', leftover])
    expect(alone).toMatchObject({ exit: 2, err: expect.stringContaining('--emergency') })
  })

  test('leaves the plan to the server where nothing is said about it', async () => {
    const ran = await asBob(routes, ['change', 'propose', '-f', 'edge', '--patch', DIGEST, '-r', 'why'])
    expect(ran.seen.map(({ id }) => id)).toEqual(['propose-change'])
    expect(ran.seen[0]?.body).not.toHaveProperty('plan')
  })
  const wrong: readonly (readonly string[])[] = [
    ['--waves', '5,half'],
    ['--waves', '0.5,100'],
    ['--waves', '101'],
    ['--soak', 'a while'],
  ]
  test.each(wrong)('%s %s is refused before anything is asked', async (...option) => {
    expect(await asBob(routes, ['change', 'propose', '-f', 'e', '--patch', DIGEST, '-r', 'why', ...option])).toMatchObject({
      exit: 2,
      seen: [],
    })
  })
})

describe('deciding', () => {
  const routes: Routes = {
    'show-change': () => ({ body: change, headers: { etag: '"2"' } }),
    'approve-change': () => ({ status: 201, body: { ...change, status: 'released', needs: [] } }),
    'control-change': () => ({ body: { ...change, status: 'halted' } }),
  }
  test('an approval binds to the digest that was just seen, which is told', async () => {
    const ran = await asBob(routes, ['change', 'approve', ID, '-m', 'tested'])
    expect(ran).toMatchObject({ exit: 0, out: `${ID} is released\n`, err: expect.stringContaining('digest cdcdcdcdcdcd') })
    expect(ran.seen.at(-1)).toMatchObject({ path: { change: ID }, body: { decision: 'approve', digest: change.digest, comment: 'tested' } })
  })
  test('or to the one that was reviewed before', async () => {
    const ran = await asBob(routes, ['change', 'approve', ID, '--digest', 'ef'.repeat(32)])
    expect(ran.seen.at(-1)?.body).toEqual({ decision: 'approve', digest: 'ef'.repeat(32) })
  })
  test('or signs off by name what policy wants named', async () => {
    const ran = await asBob(routes, ['change', 'approve', ID, '--sign-off', 'fixes-lost', '--sign-off', 'downgrade'])
    expect(ran.seen.at(-1)?.body).toEqual({ decision: 'approve', digest: change.digest, signOff: ['fixes-lost', 'downgrade'] })
  })
  test('a change without a verdict has nothing to approve', async () => {
    const early = { 'show-change': () => ({ body: { ...change, digest: null, status: 'proposed' } }) }
    expect(await asBob(early, ['change', 'approve', ID])).toMatchObject({
      exit: 3,
      err: expect.stringContaining('nothing to decide on yet: the verdict is being worked out'),
    })
    const blocked = { 'show-change': () => ({ body: { ...change, digest: null, status: 'blocked' } }) }
    expect(await asBob(blocked, ['change', 'confirm', ID])).toMatchObject({
      exit: 3,
      err: `error: there is nothing to decide on: the change is blocked\n  hint: supersede change show ${ID} tells why\n`,
    })
  })
  test('a rejection says why', async () => {
    const ran = await asBob(routes, ['change', 'reject', ID, '--reason', 'not now'])
    expect(ran.seen.at(-1)?.body).toEqual({ decision: 'reject', reason: 'not now', digest: change.digest })
    expect((await asBob(routes, ['change', 'reject', ID])).exit).toBe(2)
  })
  test('an approval is withdrawn and a comment made without a look before', async () => {
    const withdrawn = await asBob(routes, ['change', 'withdraw', ID, '--reason', 'a doubt'])
    expect(withdrawn).toMatchObject({ exit: 0, seen: [{ id: 'approve-change', body: { decision: 'withdraw', reason: 'a doubt' } }] })
    const said = await asBob(routes, ['change', 'comment', ID, '-m', 'hm'])
    expect(said).toMatchObject({ exit: 0, seen: [{ id: 'approve-change', body: { decision: 'comment', comment: 'hm' } }] })
    expect((await asBob(routes, ['change', 'comment', ID])).exit).toBe(2)
  })
  test('who looks is told which approvals are void, and why', async () => {
    const voided = { ...change, voidApprovals: [{ by: 'bob', text: 'Void, because the verdict changed since Bob approved.' }] }
    const ran = await asBob({ 'show-change': () => ({ body: voided }) }, ['change', 'show', ID])
    expect(ran.out).toContain('Void, because the verdict changed')
  })
  const matches = [
    ['pause', '*'],
    ['resume', '"2"'],
    ['abort', '*'],
  ] as const
  test.each(matches)(
    '%s is meant for version %s: a stop for whatever there is, a resume for what was just seen',
    async (command, ifMatch) => {
      const ran = await asBob(routes, ['change', command, ID, '--reason', 'lunch'])
      expect(ran).toMatchObject({ exit: 0, out: `${ID} is halted\n` })
      expect(ran.seen.at(-1)).toMatchObject({ headers: { 'if-match': ifMatch }, body: { command, reason: 'lunch' } })
    },
  )
  test('or the one that was seen before', async () => {
    const ran = await asBob(routes, ['change', 'pause', ID, '--version', '7'])
    expect(ran.seen.map(({ headers }) => headers['if-match'])).toEqual(['"7"'])
  })
  test('every mutation has an Idempotency-Key of its own', async () => {
    const [one, other] = [await asBob(routes, ['change', 'pause', ID]), await asBob(routes, ['change', 'pause', ID])]
    const keys = [one, other].map(({ seen }) => seen.at(-1)?.headers['idempotency-key'])
    expect(new Set(keys).size).toBe(2)
  })
})

describe('showing', () => {
  test('a change with its waves, what it needs, its findings and what happened', async () => {
    const { out } = await asBob({ 'show-change': () => ({ body: change }) }, ['change', 'show', ID])
    for (const text of [
      'wave 1     5 %  waiting',
      'needs an approval by one of kernel-maintainers',
      'Alice Arnaud, 2026-11-23T11:00:00Z',
      'Carol (security)',
      'decide before  2026-11-26T11:00:00Z',
      'review no-way-back: There is no way back.',
      'remedy: Build a bridge.',
      'Alice proposed it',
    ])
      expect(out).toContain(text)
  })
  const cohort = {
    cohort: DIGEST,
    hosts: 3,
    stack: { kernelRelease: '6.1.0', livepatches: [{ name: 'lp_2' }], resident: [{ name: 'lp_0' }] },
    result: 'OK',
    stackAfter: ['lp_3'],
    wayBack: 'none',
    functions: {
      reverted: ['vmlinux:gone'],
      kept: ['vmlinux:same'],
      rePatched: ['vmlinux:other', 'vmlinux:secret'],
      codeUnknown: ['vmlinux:secret'],
      added: ['ext4:fresh'],
    },
    fixes: { gained: ['CVE-2'], lost: ['CVE-1'] },
    callbacks: { run: ['lp_3:vmlinux:pre_patch'], skipped: ['lp_2:vmlinux:post_unpatch'] },
    log: ["livepatch: enabling patch 'lp_3'", "livepatch: 'lp_3': patching complete"],
  }
  const about = { code: 'missing-callback', severity: 'block', cohort: DIGEST, message: 'm', remedy: 'r' }
  const printed = async (cohorts: readonly object[], findings: readonly object[]) =>
    asBob({ 'show-verdict': () => ({ body: { change: ID, verdict: { livepatch: DIGEST, outcome: 'block', cohorts, findings } } }) }, [
      'change',
      'verdict',
      ID,
    ])

  test('findings with their pages, and why one blocks that would only be reviewed', async () => {
    const raised = {
      code: 'fixes-lost',
      severity: 'block',
      cohort: DIGEST,
      message: 'l',
      remedy: 'c',
      evidence: { raisedBecause: 'public hosts' },
    }
    const { out } = await printed([cohort], [raised, about, { ...about, code: 'brand-new', severity: 'note' }])
    expect(out).toContain('block fixes-lost: l\n  blocks here because: public hosts\n  remedy: c\n')
    expect(out).toContain('\n  docs/findings/fixes-lost.md\n  docs/findings/missing-callback.md\n\n')
  })

  test('a cohort whole, and what goes back to original code before anything else', async () => {
    const { out, exit } = await printed([cohort], [about])
    expect(exit).toBe(0)
    expect(out).toContain('block missing-callback: m\n  remedy: r\n')
    expect(out.slice(out.indexOf('3 hosts:'))).toBe(`3 hosts: lp_2 (still in memory: lp_0) → lp_3
reverted           vmlinux:gone
kept               vmlinux:same
re-patched         vmlinux:other, vmlinux:secret
                   (of these 1 with code that cannot be compared: vmlinux:secret)
added              ext4:fresh
fixes lost         CVE-1
fixes gained       CVE-2
callbacks skipped  lp_2:vmlinux:post_unpatch
callbacks run      lp_3:vmlinux:pre_patch
kernel log         livepatch: enabling patch 'lp_3'
                   livepatch: 'lp_3': patching complete
way back           none
findings           block missing-callback
kernel             6.1.0
cohort             abababababab
`)
  })
  test('a way by disabling with what it exposes, on how many hosts and for how long at least', async () => {
    const meanwhile = { exposes: ['CVE-1', 'CVE-2'], functions: 2, secondsMin: 14, because: 'tasks sleep there' }
    const byDisabling = { disables: ['lp_2'], loads: ['lp_3'], proved: true, reasons: [], meanwhile }
    const { out } = await printed([{ ...cohort, wayBack: 'disable-then-load', byDisabling, backByDisabling: byDisabling }], [])
    expect(
      out,
    ).toContain(`way there          disable lp_2, then load lp_3: proved on the simulated kernel; it is not taken unless it is proposed (--route disable-then-load)
in between         not fixed: CVE-1, CVE-2
                   on 3 hosts, 2 functions with original code, for at least 14 s:
                   tasks sleep there
way back           disable-then-load: disable lp_2, then load lp_3
in between, back   not fixed: CVE-1, CVE-2
`)
    const refused = { ...byDisabling, proved: false, reasons: ['nothing undoes lp_2:vmlinux:pre_patch'] }
    const other = await printed([{ ...cohort, byDisabling: refused }], [])
    expect(other.out).toContain('then load lp_3: it does not help\n                   nothing undoes lp_2:vmlinux:pre_patch')
    expect(other.out).not.toContain('in between')
  })
  test('thirty cohorts: the same told once, the worst first, and of each finding whom it is about', async () => {
    const digest = (index: number): string => index.toString(16).padStart(64, '0')
    const many = Array.from({ length: 30 }, (_, index) => ({
      ...cohort,
      cohort: digest(index),
      hosts: index + 1,
      stack: { ...cohort.stack, livepatches: [{ name: `lp_${index % 5}` }] },
      functions: { kept: [], rePatched: [], added: ['vmlinux:f'], reverted: [] },
      fixes: { gained: [], lost: [] },
      callbacks: { run: [], skipped: [] },
    }))
    const { out } = await printed(many, [
      { ...about, cohort: digest(3) },
      { ...about, cohort: digest(8) },
    ])
    expect(out).toContain('judged on  465 hosts in 30 cohorts')
    expect(out).toContain('block missing-callback (13 hosts with lp_3): m')
    const rows = out.slice(out.indexOf('HOSTS'), out.indexOf('\n\n', out.indexOf('HOSTS'))).split('\n')
    expect(rows.slice(1).map(row => row.split(/ {2,}/).slice(0, 2))).toEqual([
      ['13', 'lp_3'],
      ['105', 'lp_4'],
      ['93', 'lp_2'],
      ['87', 'lp_1'],
      ['86', 'lp_3'],
      ['81', 'lp_0'],
    ])
    expect(out.match(/^\d+ hosts: /gm)).toHaveLength(6)
  })
  test('a cohort where the kernel would refuse, or of before code was compared, says so', async () => {
    const { out } = await printed([{ ...cohort, result: 'EINVAL', functions: { kept: ['vmlinux:a'], added: [], reverted: [] } }], [])
    expect(out).toContain('lp_2 (still in memory: lp_0) → the load would fail with EINVAL')
    expect(out).toContain('kept, maybe with other code  vmlinux:a')
  })
  const rules = { judged: DIGEST, today: OTHER }
  test.each([
    ['equal', { rules: { judged: DIGEST, today: DIGEST }, differences: [] }, 0, /equal\n +It says so\.\ndigest +abab/],
    [
      'different',
      { digest: OTHER, rules, differences: ['outcome was "note", is "block"'] },
      3,
      /rules now +abcdef010101\n\nWhat differs\noutcome was/,
    ],
    ['impossible', { rules: null, differences: [] }, 11, /impossible\n +It says so\./],
  ] as const)('a verdict that was worked out again and is %s', async (outcome, more, exit, said) => {
    const recomputed = { outcome, detail: 'It says so.', digest: null, ...more }
    const ran = await asBob({ 'show-verdict': () => ({ body: { change: ID, digest: DIGEST, verdict: {}, recomputed } }) }, [
      'change',
      'verdict',
      ID,
      '--recompute',
    ])
    expect(ran).toMatchObject({ exit, out: expect.stringMatching(said) })
    expect(ran.seen[0]?.query).toEqual({ recompute: 'true' })
  })
  test('a change that was judged again says what came of it', async () => {
    const shown = async (worse: readonly string[]) => {
      const rejudged = { verdict: OTHER, cohorts: [DIGEST], hosts: 2, worse, at: '2026-11-23T11:30:00.000Z' }
      return (await asBob({ 'show-change': () => ({ body: { ...change, rejudged } }) }, ['change', 'show', ID])).out
    }
    expect(await shown([])).toContain(
      'judged again   2026-11-23T11:30:00Z, 2 hosts on stacks that nothing had judged: no worse than what was approved',
    )
    expect(await shown(['1 host with lp_1: it would be a downgrade'])).toMatch(
      /worse than what was approved:\n +1 host with lp_1: it would be a downgrade\n/,
    )
  })
  test('a change that waits for a decision shows its cohorts beside the findings', async () => {
    const routes: Routes = {
      'show-change': () => ({ body: { ...change, verdict: DIGEST } }),
      'show-verdict': () => ({
        body: { change: ID, verdict: { livepatch: DIGEST, outcome: 'review', cohorts: [cohort], findings: [about] } },
      }),
    }
    const { out } = await asBob(routes, ['change', 'show', ID])
    expect(out).toMatch(/3 +lp_2 +lp_3 +OK +1 +1 +2 +1 +\+1 −1 +1 +none +block missing-callback/)
    expect(out).toContain(`supersede change verdict ${ID}`)
  })
  test('fleet show tells stacks apart that have the same kernel and livepatches', async () => {
    const stack = { kernelRelease: '6.1.0', livepatches: [], resident: [], targets: [], forced: false }
    const tracer = { object: null, function: 'f', kind: 'kprobe', exclusive: false }
    const stacks: readonly (readonly [object, string])[] = [
      [stack, 'none'],
      [{ ...stack, forced: true, resident: [{ name: 'lp_0' }] }, 'forced; still resident: lp_0'],
      [{ ...stack, targets: ['nvme'], tracing: { ftraceEnabled: false, tracers: [] } }, 'modules: nvme; ftrace off'],
      [{ ...stack, tracing: { ftraceEnabled: true, tracers: null } }, 'tracing not known'],
      [
        { ...stack, tracing: { ftraceEnabled: true, tracers: [tracer, { ...tracer, object: 'nvme', exclusive: true }] } },
        'taken: nvme:f; probes in vmlinux:f',
      ],
    ]
    const fleet = { id: 'edge', hosts: 5, cohorts: stacks.map(([each]) => ({ cohort: DIGEST, hosts: 1, stack: each })) }
    const { out } = await asBob({ 'show-fleet': () => ({ body: fleet }) }, ['fleet', 'show', 'edge'])
    const rows = out.split('\n').filter(line => line.startsWith('abababababab'))
    expect(rows.map(row => row.split(/ {2,}/).at(-1))).toEqual(stacks.map(([, shown]) => shown))
  })

  test('a fleet with its cohorts', async () => {
    const fleet = { id: 'edge', hosts: 40, cohorts: [{ cohort: DIGEST, hosts: 10, stack: { kernelRelease: '6.1.0', livepatches: [] } }] }
    const { out } = await asBob({ 'show-fleet': () => ({ body: fleet }) }, ['fleet', 'show', 'edge'])
    expect(out).toMatch(/abababababab\s+10\s+6\.1\.0\s+none/)
  })
  test('lineage, by names where they are known', async () => {
    const edge = {
      previous: DIGEST,
      next: OTHER,
      fleet: 'edge',
      change: ID,
      at: '2026-11-23T11:00:00.000Z',
      hosts: 40,
      kept: ['a'],
      repatched: [],
      added: ['b', 'c'],
      reverted: [],
    }
    const body = {
      root: OTHER,
      livepatches: [
        { digest: DIGEST, name: 'lp_proc_2' },
        { digest: OTHER, name: 'lp_proc_3' },
      ],
      edges: [
        { ...edge, route: 'disable-then-load' },
        { ...edge, previous: null },
      ],
    }
    const { out } = await asBob({ 'show-lineage': () => ({ body }) }, ['lineage', OTHER])
    expect(out).toMatch(/edge\s+lp_proc_2\s+lp_proc_3\s+disable-then-load\s+40\s+1\s+0\s+2\s+0/)
    expect(out).toMatch(/edge\s+none\s+lp_proc_3\s+replace\s+40/)
  })
  test('enrolment tokens alone on stdout', async () => {
    const body = { tokens: ['sse_a', 'sse_b'], expiresAt: '2026-11-24T12:00:00.000Z' }
    const ran = await asBob({ 'issue-enrolments': () => ({ status: 201, body }) }, ['fleet', 'enrol', 'edge', '-n', '2'])
    expect(ran).toMatchObject({ out: 'sse_a\nsse_b\n', err: expect.stringContaining('2026-11-24') })
    expect(ran.seen[0]?.body).toEqual({ count: 2 })
  })
  test('a fleet that was created', async () => {
    const ran = await asBob({ 'create-fleet': () => ({ status: 201, body: { id: 'edge' } }) }, ['fleet', 'create', 'edge', '-d', 'proxies'])
    expect(ran).toMatchObject({ exit: 0, out: 'edge\n' })
    expect(ran.seen[0]?.body).toEqual({ id: 'edge', description: 'proxies' })
  })
  test('the verdict that a proposal would get; a blocking one is an exit code, too', async () => {
    const body = { livepatch: DIGEST, outcome: 'block', cohorts: [], findings: [] }
    const ran = await asBob({ simulate: () => ({ body }) }, ['verdict', DIGEST, '--fleet', 'edge'])
    expect(ran).toMatchObject({ exit: 3, out: expect.stringContaining('outcome    block') })
    expect(ran.seen[0]?.body).toEqual({ livepatch: DIGEST, fleet: 'edge' })
  })
})

describe('what the server refuses', () => {
  const rows: readonly (readonly [string, ReturnType<typeof problem>, number, string])[] = [
    [
      'policy',
      problem(403, 'forbidden', 'Policy does not permit this', 'Ask operators.', { reasons: ['Members of operators do.'] }),
      3,
      'Members of operators do.',
    ],
    ['a busy fleet', problem(409, 'fleet-busy', 'The fleet has an active change', 'Wait for it.'), 3, 'Wait for it.'],
    ['a change that moved', problem(412, 'outdated-version', 'The change has moved on', 'Look again.'), 3, 'Look again.'],
    [
      'what there is not',
      problem(404, 'unknown-change', 'There is no such change', 'Look with GET /changes.'),
      4,
      'Look with GET /changes.',
    ],
    ['a login that ended', problem(401, 'unauthenticated', 'Nobody is signed in', 'Log in.'), 5, 'supersede login PERSON'],
    ['a wrong shape', problem(422, 'invalid-input', 'The request does not have the right shape', 'Correct this.'), 1, 'Correct this.'],
    ['its own fault', problem(500, 'internal', 'Something went wrong on our side', 'Repeat.', { instance: 'urn:x' }), 1, 'urn:x'],
    ['a page of a proxy', { status: 502, headers: { 'content-type': 'text/html' } }, 1, 'the server answered 502'],
  ]
  test.each(rows)('%s: one line, a hint, its exit code, nothing on stdout', async (_, reply, exit, hint) => {
    const ran = await asBob({ 'show-change': () => reply }, ['change', 'show', ID])
    expect(ran).toMatchObject({ exit, out: '' })
    expect(ran.err).toMatch(/^error: /)
    expect(ran.err).toContain(hint)
  })

  test('strings of a server cannot move the cursor, recolour or reorder the terminal', async () => {
    const evil = '\u001b[2Jx\u202egnp\u0007\r\nfake'
    const body = {
      ...change,
      reason: evil,
      needs: [evil],
      status: evil,
      fleet: evil,
      timeline: [{ at: evil, actor: evil, text: evil }],
      findings: [{ code: evil, severity: evil, message: evil, remedy: evil }],
    }
    for (const args of [
      ['change', 'show', ID],
      ['change', 'show', ID, '-o', 'json'],
    ]) {
      const { out } = await asBob({ 'show-change': () => ({ body }) }, args)
      expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    }
    const refused = await asBob({ 'show-change': () => problem(403, evil, evil, evil) }, ['change', 'show', ID])
    expect(refused.err.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    const json = await asBob({ 'show-change': () => ({ body }) }, ['change', 'show', ID, '-o', 'json'])
    expect(JSON.parse(json.out)).toEqual(body)
  })

  test('an answer with holes in it is shown with holes', async () => {
    expect(
      (
        await asBob({ 'show-change': () => ({ body: { waves: [null, { share: 'x' }], approvals: 3, findings: null } }) }, [
          'change',
          'show',
          ID,
        ])
      ).exit,
    ).toBe(0)
  })

  test.each(['..', '.'])('an id like %j never becomes another path', async id => {
    expect(await asBob({}, ['change', 'show', id])).toMatchObject({ exit: 2, seen: [] })
  })
  test('an id with slashes stays one segment', async () => {
    const { seen } = await asBob({ 'show-change': () => ({ body: change }) }, ['change', 'show', '../fleets/x?y#z'])
    expect(seen[0]?.path).toEqual({ change: '../fleets/x?y#z' })
  })
})

describe('where no server answers', () => {
  test('says so, and how to get one', async () => {
    const double = await startDouble({})
    await double.stop()
    const at = home({ env: { SUPERSEDE_URL: double.url } })
    logIn(at, double.url)
    expect(await runCommandLine(['change', 'list'], at.shell)).toBe(6)
    expect(at.err()).toContain(`no answer from ${double.url}`)
    expect(at.err()).toContain('npm start')
  })
  test('a URL that is none is a usage error', async () => {
    const at = home({ env: { SUPERSEDE_URL: 'not a url' } })
    expect(await runCommandLine(['change', 'list'], at.shell)).toBe(2)
  })
  test('a login is never sent in clear text beyond this machine', async () => {
    const at = home({ env: { SUPERSEDE_URL: 'http://supersede.example.com' } })
    logIn(at, 'http://supersede.example.com')
    expect(await runCommandLine(['change', 'list'], at.shell)).toBe(2)
    expect(at.err()).toContain('clear text')
  })
  test('an expired login is told without asking', async () => {
    const at = home({ env: { SUPERSEDE_URL: 'http://127.0.0.1:9' } })
    logIn(at, 'http://127.0.0.1:9', { token: 'good.token.here', person: 'bob', expiresAt: NOW })
    expect(await runCommandLine(['change', 'list'], at.shell)).toBe(5)
    expect(at.err()).toContain('the login of bob')
  })
})

describe('holds', () => {
  const line = `of livepatch abababababab by Carol until 2026-12-01T18:00:00Z: panics on EPYC (${HOLD})`

  test('place names a livepatch as people do, and tells what was halted and who is on the move', async () => {
    const routes: Routes = { ...patches, 'place-hold': () => ({ status: 201, body: { ...held, halted: [ID], inTransition: 3 } }) }
    const ran = await asBob(routes, ['hold', 'place', 'livepatch', 'lp_proc_2', '--reason', 'panics', '--hours', '0.5'])
    expect(ran.exit).toBe(0)
    expect(ran.seen.at(-1)?.body).toEqual({ scope: 'livepatch', target: DIGEST, reason: 'panics', hours: 0.5 })
    expect(ran.out).toBe(
      `Livepatch abababababab is held until 2026-12-01T18:00:00Z: ${HOLD}\n1 change halted: ${ID}\n3 hosts still in transition; supersede hold list counts them anew\n`,
    )
    expect(ran.err).toContain(`supersede hold lift ${HOLD} --reason TEXT`)
  })

  test('stop holds everything', async () => {
    const everything = { ...held, scope: 'everything', target: null, halted: [], inTransition: 0 }
    const ran = await asBob({ 'place-hold': () => ({ status: 201, body: everything }) }, [
      'stop',
      '-r',
      'why',
      '--until',
      '2026-12-01T18:00Z',
    ])
    expect(ran.seen[0]?.body).toEqual({ scope: 'everything', reason: 'why', expiresAt: '2026-12-01T18:00:00.000Z' })
    expect(ran.out).toContain('Everything is held until 2026-12-01T18:00:00Z')
  })

  test('a delegation takes times in the same forms', async () => {
    const ran = await asBob({ 'approve-change': () => ({ status: 201, body: change }) }, [
      ...['change', 'delegate', ID, '--to', 'erin', '--until', '2026-12-01T18:00Z'],
    ])
    expect(ran.seen[0]?.body).toEqual({ decision: 'delegate', to: 'erin', until: '2026-12-01T18:00:00.000Z' })
  })

  test('list asks who is in transition, lift and extend say what became of it', async () => {
    const listed = await asBob({ 'list-holds': () => ({ body: { items: [{ ...held, inTransition: 3 }] } }) }, ['hold', 'list'])
    expect(listed.seen[0]?.query).toEqual({ transitions: 'true' })
    expect(listed.out).toMatch(/IN TRANSITION.*\n.*Carol.* 3 /)
    const lifted = await asBob({ 'lift-hold': () => ({ body: held }) }, ['hold', 'lift', HOLD, '-r', 'fixed'])
    expect(lifted).toMatchObject({ exit: 0, out: `The hold of livepatch abababababab (${HOLD}) is lifted.\n` })
    const extended = await asBob({ 'extend-hold': () => ({ body: held }) }, ['hold', 'extend', HOLD, '-r', 'r', '--hours', '2'])
    expect(extended.out).toBe(`The hold of livepatch abababababab (${HOLD}) lasts until 2026-12-01T18:00:00Z.\n`)
  })

  test('stand on a fleet with what its hosts are told', async () => {
    const told = async (directive: object | null) =>
      (await asBob({ 'show-fleet': () => ({ body: { id: 'edge', cohorts: [], directive } }) }, ['fleet', 'show', 'edge'])).out
    const ask = { change: ID, livepatch: DIGEST, share: 500 }
    expect(await told({ version: 7, ask, stopped: true })).toContain(
      `directive  7: its hosts are told to stop (5 % asked for abababababab by change ${ID})\n`,
    )
    expect(await told({ version: 7, ask, stopped: false })).toContain(
      `directive  7: 5 % of its hosts are asked for abababababab by change ${ID}\n`,
    )
    expect(await told({ version: 7, ask: null, stopped: true })).toContain('directive  7: its hosts are told to stop\n')
    expect(await told(null)).not.toContain('directive')
  })

  test('stand on changes, fleets and livepatches', async () => {
    const shown = await asBob({ 'show-change': () => ({ body: { ...change, holds: [held] } }) }, ['change', 'show', ID])
    expect(shown.out).toContain(`  hold ${line}\n`)
    const list = await asBob({ 'list-changes': () => ({ body: { items: [{ ...change, holds: [held] }] } }) }, ['change', 'list'])
    expect(list.out).toContain('in-review (held)')
    const fleet = await asBob({ 'show-fleet': () => ({ body: { id: 'edge', cohorts: [], holds: [held] } }) }, ['fleet', 'show', 'edge'])
    expect(fleet.out).toContain(line)
    const patch = await asBob({ ...patches, 'show-patch': () => ({ body: { ...manifest, holds: [held] } }) }, [
      'patch',
      'show',
      'lp_proc_2',
    ])
    expect(patch.out).toContain(line)
  })

  const wrong: readonly (readonly [args: readonly string[], says: string])[] = [
    [['hold', 'place', 'host', 'h', '-r', 'r'], "'host' cannot be held"],
    [['hold', 'place', 'fleet', '-r', 'r'], 'name the fleet that is held'],
    [['hold', 'place', 'everything', 'edge', '-r', 'r'], 'everything takes no target'],
    [['stop', '-r', 'r', '--hours', 'soon'], '--hours takes a number'],
    [['stop', '-r', 'r', '--until', 'friday'], '--until takes a time'],
    [['change', 'delegate', ID, '--to', 'erin', '--until', 'friday'], '--until takes a time'],
    [['stop', '-r', 'r', '--until', '2026-12-01', '--hours', '1'], 'not both'],
    [['hold', 'extend', HOLD, '-r', 'r'], 'say how long'],
  ]
  test.each(wrong)('%j is told to be wrong before anything is asked', async (args, says) => {
    const ran = await asBob({}, args)
    expect(ran).toMatchObject({ exit: 2, out: '', err: expect.stringContaining(says), seen: [] })
  })
})
