import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, jest, test } from '@jest/globals'
import { verifyChain } from '../../shared/history/index.ts'
import { readAssembly } from '../infra/assembly.ts'
import { type Ended, runDemo } from './demo-process.ts'
import { commitsOf, openApi, storyOf } from './recorded.ts'

await readAssembly()
const folder = mkdtempSync(join(tmpdir(), 'supersede-demo-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MINUTES = 60_000
jest.setTimeout(3 * MINUTES)

/** Runs to the end of the demonstration, reads what was recorded, and stops it with Ctrl-C. */
const finish = async (data: string) => {
  const run = runDemo(data)
  const output = await run.seen(/Ctrl-C stops it/)
  const api = await openApi(output, 'dave')
  const [story, commits] = [await storyOf(api), await commitsOf(api)]
  run.kill('SIGINT')
  return { output, story, commits, ended: await run.ended }
}

const unharmed = await finish(join(folder, 'unharmed'))

describe('the demonstration', () => {
  test('takes change one to completed and blocks change two', () => {
    expect(unharmed.story.changes.map(({ status }) => status)).toEqual(['completed', 'blocked'])
  })

  test('says which callback would be missing, what is left behind, and what would close it', () => {
    expect(unharmed.output).toMatch(/block +missing-callback: .*lp_proc_2:vmlinux:post_unpatch/)
    expect(unharmed.output).toMatch(/Left behind: /)
    expect(unharmed.output).toMatch(/what would close it: .*bridge/)
  })

  test('three waves pass, each after it was filled', () => {
    const events = unharmed.story.changes[0]?.events.map(event => event.split(': ')[1]) ?? []
    expect(events).toEqual([
      'proposed',
      'judged',
      'approved',
      'approved',
      'released',
      ...[1, 2, 3].flatMap(() => ['wave-opened', 'wave-filled', 'wave-passed']),
      'completed',
    ])
  })

  test('every host runs what was approved', () => {
    expect(unharmed.story.hosts).toHaveLength(40)
    expect(unharmed.story.hosts.filter(host => !host.endsWith(' applied lp_proc_2'))).toEqual([])
  })

  test('stops cleanly with Ctrl-C', () => {
    expect(unharmed.ended.code).toBe(0)
  })

  test('--once ends by itself, and goes on from what is there', async () => {
    const { code, output } = await runDemo(join(folder, 'unharmed'), '--once').ended
    expect([code, output.match(/Completed: 40 of 40 hosts applied/g)?.length]).toEqual([0, 1])
  })
})

/** Moments of a rollout, by what has just been printed. */
const MOMENTS: readonly (readonly [string, RegExp])[] = [
  ['while hosts enrol', /Enrol a fleet/],
  ['while modules are submitted', /lp_proc_1 \(/],
  ['right after the proposal', /alice proposes/],
  ['with one of two approvals', /bob approves/],
  ['right after the release', /carol approves/],
  ['while the first wave is open', /wave 1 .* open/],
  ['while the first wave soaks', /wave 1 .* soaking/],
  ['in the middle of the second wave', /wave 2 .* open .* (?!3 of)\d+ of/],
  ['when the second wave has passed', /wave 2 .* passed/],
  ['while the last wave soaks', /wave 3 .* soaking/],
]

describe('kill -9 at any moment, then start again: the same history', () => {
  const killedAndFinished = async ([name, moment]: (typeof MOMENTS)[number]) => {
    const data = join(folder, name.replaceAll(' ', '-'))
    const run = runDemo(data)
    await run.seen(moment)
    run.kill('SIGKILL')
    const killed: Ended = await run.ended
    return { killed, ...(await finish(data)) }
  }

  // Two at a time: each run is a whole installation.
  for (let index = 0; index < MOMENTS.length; index += 2)
    test(`${MOMENTS.slice(index, index + 2)
      .map(([name]) => name)
      .join('; ')}`, async () => {
      for (const { killed, story, commits } of await Promise.all(MOMENTS.slice(index, index + 2).map(killedAndFinished))) {
        expect(killed.code).toBe(null)
        expect(story).toEqual(unharmed.story)
        const streams = Map.groupBy(commits, ({ stream }) => stream)
        for (const [stream, chain] of streams) expect([stream, verifyChain(chain)]).toEqual([stream, { ok: true }])
      }
    })
})

describe('what npm start says when it cannot', () => {
  test('a taken port is said in one line', async () => {
    const server = createServer()
    await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const { code, output } = await runDemo(join(folder, 'taken'), '--port', String(port)).ended
    server.close()
    expect(code).toBe(1)
    expect(output.trimEnd().split('\n').at(-1)).toBe(`supersede: port ${port} is taken; choose another with --port`)
  })

  test.each([
    ['an unknown option', ['--wat'], /Unknown option '--wat'/],
    ['a port that is none', ['--port', '99999'], /--port takes a number/],
  ])('%s is exit code 2', async (_, options, message) => {
    const { code, output } = await runDemo(join(folder, 'none'), ...options).ended
    expect(code).toBe(2)
    expect(output).toMatch(message)
  })
})
