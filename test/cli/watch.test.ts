import { describe, expect, test } from '@jest/globals'
import { changeView } from '../../cli/change-view.ts'
import { runCommandLine } from '../../cli/run-command-line.ts'
import { newsLines, waveLines } from '../../cli/wave-view.ts'
import { problem, startDouble } from './contract-double.ts'
import { asBob, home, logIn, stopLater } from './harness.ts'

const ID = '01JDC4M8T0000000000000000A'
const counts = (applied: number, hosts: number, more: object = {}) => ({
  hosts,
  applied,
  failed: 0,
  stalled: 0,
  silent: 0,
  pending: hosts - applied,
  ...more,
})
const base = {
  id: ID,
  fleet: 'edge',
  livepatch: 'ab'.repeat(32),
  version: 1,
  approvals: [],
  needs: [],
  findings: [],
  timeline: [],
  halted: null,
  wave: null,
}
const waves = (...states: readonly (readonly [string, object | null])[]) =>
  states.map(([state, found], wave) => ({ wave, share: [500, 5_000, 10_000][wave], state, counts: found }))

const review = {
  ...base,
  status: 'in-review',
  needs: ['approvals of two different people'],
  waves: waves(['waiting', null], ['waiting', null], ['waiting', null]),
}
const approved = {
  ...review,
  status: 'released',
  needs: [],
  approvals: [{ by: 'bob', name: 'Bob', groups: ['kernel-maintainers'], at: 't', comment: '' }],
}
const open = { ...approved, status: 'rolling', waves: waves(['open', counts(0, 2)], ['waiting', null], ['waiting', null]) }
/* The present wave's live counts stand beside the recorded ones, and are newer. */
const filling = { ...open, wave: { index: 0, share: 500, phase: 'open', counts: counts(1, 2) } }
const second = { ...open, waves: waves(['passed', counts(2, 2)], ['open', counts(8, 20, { failed: 1, pending: 11 })], ['waiting', null]) }
const halted = { ...second, status: 'halted', halted: { code: 'budget-exceeded', detail: '3 of 20 hosts failed' } }
const done = {
  ...second,
  status: 'completed',
  waves: waves(['passed', counts(2, 2)], ['passed', counts(20, 20)], ['passed', counts(40, 40)]),
}
const finding = { code: 'missing-callback', severity: 'block', message: 'lp_2 leaves post_unpatch', remedy: '' }
/* Two cohorts have the same one. */
const blocked = { ...base, status: 'blocked', waves: [], findings: [finding, finding] }

describe('the wave view', () => {
  const look = { columns: 80, color: false }
  const lines = (value: unknown) => waveLines(changeView(value), look)

  test('shows every wave, and a bar for those that are open or were', () => {
    expect(lines(second)).toEqual([
      `change ${ID}  rolling  edge → abababababab`,
      '  wave 1     5 %  passed    █████████████████████████  2 of 2 applied',
      '  wave 2    50 %  open      ██████████╳░░░░░░░░░░░░░░  8 of 20 applied, 1 failed',
      '  wave 3   100 %  waiting',
    ])
  })
  test('shows live counts of the present wave', () => {
    expect(lines(filling)[1]).toContain('1 of 2 applied')
  })
  test('says what is missing, why it halted, what blocks it', () => {
    expect(lines(review).at(-1)).toBe('  needs approvals of two different people')
    expect(lines(halted).at(-1)).toBe('  halted: 3 of 20 hosts failed (budget-exceeded)')
    expect(lines(blocked).slice(1)).toEqual(['  missing-callback: lp_2 leaves post_unpatch'])
  })
  test('a bar is full only when every host is applied, and shows one failure among very many', () => {
    const almost = lines({ ...second, waves: waves(['open', counts(39_999, 40_000, { failed: 1 })]) })[1] ?? ''
    expect(almost).toContain('╳')
    expect(lines({ ...second, waves: waves(['open', counts(39_999, 40_000)]) })[1]).toContain('░')
  })
  test('stays within a narrow terminal by leaving the bar out', () => {
    const narrow = waveLines(changeView(second), { columns: 45, color: false })
    expect(narrow[2]).toBe('  wave 2    50 %  open      8 of 20 applied, 1 failed')
  })
  test('colours nothing without colour', () => {
    expect(waveLines(changeView(second), { columns: 80, color: true }).join('')).toContain('\u001b[')
    expect(lines(second).join('')).not.toContain('\u001b[')
  })
})

describe('news', () => {
  const news = (before: unknown, now: unknown) => newsLines(before === null ? null : changeView(before), changeView(now))
  const rows: readonly (readonly [string, unknown, unknown, readonly string[]])[] = [
    ['the first look', null, review, [`${ID} is in-review`, 'needs approvals of two different people']],
    ['nothing new', review, review, []],
    ['an approval', review, approved, [`${ID} is released`, 'approved by Bob (kernel-maintainers)']],
    ['a wave opens', approved, open, [`${ID} is rolling`, 'wave 1 of 3 (5 %) open: 0 of 2 applied']],
    ['hosts are heard from', open, filling, ['wave 1 of 3 (5 %) open: 1 of 2 applied']],
    [
      'a wave passes and the next opens',
      filling,
      second,
      ['wave 1 of 3 (5 %) passed: 2 of 2 applied', 'wave 2 of 3 (50 %) open: 8 of 20 applied, 1 failed'],
    ],
    ['a halt', second, halted, [`${ID} is halted`, 'halted: 3 of 20 hosts failed (budget-exceeded)']],
    ['a block', null, blocked, [`${ID} is blocked`, 'missing-callback: lp_2 leaves post_unpatch']],
  ]
  test.each(rows)('%s', (_, before, now, lines) => {
    expect(news(before, now)).toEqual(lines)
  })
})

describe('watching', () => {
  const story = (...answers: readonly unknown[]) => {
    const left = [...answers]
    return () => ({ body: left.length > 1 ? left.shift() : left[0] })
  }
  test('tells line by line what is new until the change ends, and is content with completed', async () => {
    const ran = await asBob({ 'show-change': story(review, approved, open, open, second, done) }, ['change', 'watch', ID])
    expect(ran.exit).toBe(0)
    expect(ran.out.split('\n').map(line => line.slice(9))).toEqual([
      `${ID} is in-review`,
      'needs approvals of two different people',
      `${ID} is released`,
      'approved by Bob (kernel-maintainers)',
      `${ID} is rolling`,
      'wave 1 of 3 (5 %) open: 0 of 2 applied',
      'wave 1 of 3 (5 %) passed: 2 of 2 applied',
      'wave 2 of 3 (50 %) open: 8 of 20 applied, 1 failed',
      `${ID} is completed`,
      'wave 2 of 3 (50 %) passed: 20 of 20 applied',
      'wave 3 of 3 (100 %) passed: 40 of 40 applied',
      '',
    ])
    expect(ran.out).toMatch(/^12:00:00 /)
  })
  test('any other end is an exit code of its own', async () => {
    expect((await asBob({ 'show-change': story(blocked) }, ['change', 'watch', ID])).exit).toBe(3)
  })
  test('can end where somebody has to decide', async () => {
    const ran = await asBob({ 'show-change': story(open, halted) }, ['change', 'watch', ID, '--until-decision'])
    expect(ran).toMatchObject({ exit: 0, out: expect.stringContaining('halted: 3 of 20') })
  })
  test('with -o json prints one JSON line for every new state', async () => {
    const ran = await asBob({ 'show-change': story(open, open, done) }, ['change', 'watch', ID, '-o', 'json'])
    const lines = ran.out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.map(({ status }) => status)).toEqual(['rolling', 'completed'])
  })
  test('ends at once on a change that there is not', async () => {
    const none = () => problem(404, 'unknown-change', 'There is no such change', 'Look.')
    expect((await asBob({ 'show-change': none }, ['change', 'watch', ID])).exit).toBe(4)
  })
  test('waits for a server that is away, though not for ever', async () => {
    const double = await startDouble({ 'show-change': story(open) })
    stopLater(double.stop)
    let slept = 0
    let now = 0
    const at = home({
      env: { SUPERSEDE_URL: double.url },
      now: () => now,
      sleep: async milliseconds => {
        slept += 1
        now += milliseconds
        if (slept === 1) await double.stop()
      },
    })
    logIn(at, double.url)
    expect(await runCommandLine(['change', 'watch', ID, '--interval', '10s'], at.shell)).toBe(6)
    expect(slept).toBeGreaterThanOrEqual(12)
    expect(at.out()).toContain('wave 1 of 3')
  })
  test('follows a proposal with --watch', async () => {
    const routes = { 'propose-change': () => ({ status: 201, body: { ...review, status: 'proposed' } }), 'show-change': story(done) }
    const ran = await asBob(routes, ['change', 'propose', '-f', 'edge', '--patch', 'ab'.repeat(32), '-r', 'why', '--watch'])
    expect(ran).toMatchObject({ exit: 0, out: expect.stringContaining('is completed') })
  })
})
