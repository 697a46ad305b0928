import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Commit, chain, commitHash, type Draft, verifyChain } from '../../shared/history/index.ts'

const draft = (index: number, events: Draft['events'] = [{ type: 'approved', digest: `d${index}` }]): Draft => ({
  stream: 'change#01JD',
  id: `01JD${index}`,
  at: new Date(Date.UTC(2026, 10, 23, 12, index)).toISOString(),
  actor: 'bob',
  events,
  policies: ['approve'],
})
const chained = (drafts: readonly Draft[]): readonly Commit[] => {
  const commits: Commit[] = []
  for (const next of drafts) commits.push(chain(commits.at(-1) ?? null, next))
  return commits
}
const five = chained([0, 1, 2, 3, 4].map(index => draft(index)))
const [first, second, third, fourth, fifth] = five as [Commit, Commit, Commit, Commit, Commit]

describe('chain', () => {
  test('numbers commits from 1 and ties each to the one before', () => {
    expect(five.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5])
    expect(five.map(({ previousHash }) => previousHash)).toEqual([null, ...five.slice(0, 4).map(({ hash }) => hash)])
  })
  test('needs no more of the past than its end', () => {
    expect(chain({ sequence: 2, hash: second.hash }, draft(2))).toEqual(third)
  })
  test('hashes the canonical JSON of everything but the hash', () => {
    /* A recorded value: whoever changes what is hashed makes every history unverifiable. */
    expect(first.hash).toBe('2bd06c5d1980ec12030beb17842b4a4c301bace7e484989a047faa7f90aacbe5')
  })
  test('does not care in which order the members of an event were written', () => {
    const one = chain(null, draft(0, [{ type: 'released', digest: 'd', policies: [] }]))
    const other = chain(null, draft(0, [{ policies: [], digest: 'd', type: 'released' }]))
    expect(one.hash).toBe(other.hash)
  })
})

describe('verifyChain', () => {
  test('finds an untouched chain whole, from its beginning or from any known end', () => {
    expect(verifyChain([])).toEqual({ ok: true })
    for (const from of [0, 1, 2, 3, 4, 5]) expect(verifyChain(five.slice(from), five[from - 1] ?? null)).toEqual({ ok: true })
  })

  const rehashed = (commit: Commit): Commit => ({ ...commit, hash: commitHash(commit) })
  const attacks: readonly (readonly [string, readonly Commit[], number, string])[] = [
    ['an actor swapped', [first, { ...second, actor: 'mallory' }, third], 2, 'hash-differs'],
    ['an actor swapped and hashed again', [first, rehashed({ ...second, actor: 'mallory' }), third], 3, 'previous-hash-differs'],
    ['a commit taken out', [first, third, fourth], 3, 'sequence-differs'],
    ['a commit taken out and the rest numbered again', [first, rehashed({ ...third, sequence: 2 })], 2, 'previous-hash-differs'],
    ['two commits swapped', [first, third, second], 3, 'sequence-differs'],
    ['a commit doubled', [first, second, second], 2, 'sequence-differs'],
    ['a beginning cut off', [second, third], 2, 'sequence-differs'],
    ['a commit of another stream', [first, chain(first, { ...draft(1), stream: 'change#other' })], 2, 'stream-differs'],
    ['a clock set back', [first, chain(first, { ...draft(1), at: '2026-11-22T00:00:00.000Z' })], 2, 'goes-back-in-time'],
    ['a policy added to what allowed it', [first, { ...second, policies: ['approve', 'break-glass'] }], 2, 'hash-differs'],
    ['a field added', [first, { ...second, note: 'x' } as Commit], 2, 'hash-differs'],
  ]
  test.each(attacks)('finds %s', (_, commits, sequence, why) => {
    expect(verifyChain(commits)).toEqual({ ok: false, sequence, why })
  })
  test('cannot see that an end was cut off, which checkpoints are for', () => {
    expect(verifyChain([first, second, third, fourth, fifth].slice(0, 3))).toEqual({ ok: true })
  })

  test('finds a change of any value in any commit but the last hash’s own preimage', () => {
    const fields = ['stream', 'id', 'at', 'actor', 'previousHash', 'hash'] as const
    fc.assert(
      fc.property(fc.nat(4), fc.constantFrom(...fields), fc.string({ minLength: 1 }), (index, field, value) => {
        const touched = five.map((commit, at) => (at === index ? { ...commit, [field]: `${commit[field]}${value}` } : commit))
        expect(verifyChain(touched).ok).toBe(false)
      }),
    )
  })

  test('finds any commits that are missing, doubled or out of order, unless only the end is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }), order => {
        const whole = order.every((value, index) => value === index)
        expect(verifyChain(order.flatMap(index => five[index] ?? [])).ok).toBe(whole)
      }),
    )
  })
})
