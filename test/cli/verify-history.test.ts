import { describe, expect, test } from '@jest/globals'
import { type Commit, chain } from '../../shared/history/index.ts'
import { asBob } from './harness.ts'

const stream = (name: string, length: number): readonly Commit[] => {
  const commits: Commit[] = []
  for (let index = 0; index < length; index += 1) {
    const at = new Date(Date.UTC(2026, 10, 23, 12, index)).toISOString()
    commits.push(
      chain(commits.at(-1) ?? null, {
        stream: name,
        id: `${name}${index}`,
        at,
        actor: 'bob',
        events: [{ type: 'approved', nested: { z: 1, a: [null] } }],
        policies: ['approve'],
      }),
    )
  }
  return commits
}
const [one, two] = [stream('change#1', 4), stream('fleet#edge', 2)]
const verify = (commits: readonly unknown[], ...args: readonly string[]) =>
  asBob({ 'list-history': () => ({ body: { items: commits } }) }, ['history', '--verify', ...args])

describe('history --verify', () => {
  test('finds untouched streams whole, newest first or however they come', async () => {
    expect(await verify([...two, ...one].toReversed())).toMatchObject({ exit: 0, out: '6 commits in 2 streams: all as they were hashed\n' })
  })
  test('goes through every page', async () => {
    const routes = {
      'list-history': ({ query }: { query: Readonly<Record<string, string>> }) => ({
        body: query['cursor'] ? { items: one } : { items: two, next: 'p2' },
      }),
    }
    expect((await asBob(routes, ['history', '--verify', '--actor', 'bob'])).out).toContain('6 commits in 2 streams')
  })
  const [first, second, third, fourth] = one as [Commit, Commit, Commit, Commit]
  const rehashed = chain({ sequence: 2, hash: 'f'.repeat(64) }, third)
  const rows: readonly (readonly [string, readonly unknown[], readonly object[]])[] = [
    ['an edit', [first, { ...second, actor: 'mallory' }, third], [{ sequence: 2, why: 'hash-differs' }]],
    ['a field put in', [first, { ...second, note: 'x' }], [{ sequence: 2, why: 'hash-differs' }]],
    [
      'an edit deep in an event',
      [{ ...first, events: [{ type: 'approved', nested: { z: 2, a: [null] } }] }],
      [{ sequence: 1, why: 'hash-differs' }],
    ],
    [
      'a commit of another history',
      [first, second, rehashed, fourth],
      [
        { sequence: 3, why: 'previous-hash-differs' },
        { sequence: 4, why: 'previous-hash-differs' },
      ],
    ],
    ['a commit told twice', [first, second, second], [{ sequence: 2, why: 'sequence-differs' }]],
  ]
  test.each(rows)('finds %s', async (_, commits, faults) => {
    const ran = await verify(commits, '-o', 'json')
    expect(ran.exit).toBe(1)
    expect(JSON.parse(ran.out).faults).toMatchObject(faults)
  })
  test('takes a gap that a filter leaves for a gap', async () => {
    expect(await verify([first, third])).toMatchObject({ exit: 0 })
  })
})
