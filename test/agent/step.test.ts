import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type Effect, type Input, newState, type Observation, step } from '../../agent/index.ts'
import { digestOf } from '../../shared/canonical/index.ts'
import { type Stack, stackDigest } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { clearanceSigningBytes, type Directive, type SignedDirective, signingBytes, stopSigningBytes } from '../../shared/rollout/index.ts'
import { one, stackOf, three, two } from '../verdict/examples.ts'

const trusted = generateKeyPairSync('ed25519')
const stranger = generateKeyPairSync('ed25519')
const SETTINGS = { host: 'h1', fleet: 'web', bucket: 3000, stallSecondsMax: 90, watchSeconds: 1, explainSeconds: 15, heartbeatSeconds: 300 }

const START = {
  durable: newState({ keyId: 'k1', publicKey: String(trusted.publicKey.export({ format: 'jwk' }).x), pollSeconds: 10 }),
  pollAt: 0,
  misses: 0,
  resting: false,
  evidence: null,
}
type State = Parameters<typeof step>[0]

/** What the control plane may send: everything about it may be right or wrong. */
type Sent = { readonly by: KeyObject; readonly directive: Directive; readonly damaged: boolean }

const STACKS: readonly Stack[] = [
  stackOf([]),
  stackOf([one]),
  stackOf([three]),
  stackOf([two], { resident: [one] }),
  stackOf([one], { forced: true }),
  stackOf([one], { inTransition: one }),
]
const digests = STACKS.map(stackDigest)

const arbitrarySent: fc.Arbitrary<Sent> = fc.record({
  by: fc.oneof({ weight: 5, arbitrary: fc.constant(trusted.privateKey) }, { weight: 1, arbitrary: fc.constant(stranger.privateKey) }),
  damaged: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  directive: fc.record({
    schema: fc.constant('supersede.directive/1' as const),
    fleet: fc.oneof({ weight: 5, arbitrary: fc.constant('web') }, { weight: 1, arbitrary: fc.constant('db') }),
    version: fc.integer({ min: 1, max: 6 }),
    issuedAt: fc.constant(0),
    expiresAt: fc.integer({ min: 0, max: 200_000 }),
    stopped: fc.boolean(),
    pollSeconds: fc.constant(10),
    ask: fc.option(
      fc.record({
        change: fc.constantFrom('c1', 'c2'),
        approvedBy: fc.constant([]),
        livepatch: fc.constant({ digest: two.digest, name: two.name, size: 10, location: 'http://nowhere/' }),
        route: fc.constant('replace' as const),
        share: fc.constantFrom(500, 3000, 3001, 10_000),
        admitted: fc.subarray(digests),
      }),
    ),
  }),
})

const signed = ({ by, directive, damaged }: Sent): SignedDirective => {
  const signature = sign(null, signingBytes(directive), by).toString('base64')
  return { directive: damaged ? { ...directive, stopped: !directive.stopped } : directive, keyId: 'k1', signature }
}

type SentStop = { readonly version: number; readonly stopped: boolean; readonly expiresAt: number; readonly genuine: boolean }
const arbitraryStop: fc.Arbitrary<SentStop> = fc.record({
  version: fc.integer({ min: 1, max: 6 }),
  stopped: fc.boolean(),
  expiresAt: fc.integer({ min: 0, max: 200_000 }),
  genuine: fc.boolean(),
})
const orderOf = ({ version, stopped, expiresAt }: SentStop) => ({
  schema: 'supersede.stop/1' as const,
  version,
  issuedAt: 0,
  expiresAt,
  scope: 'everything' as const,
  stopped,
  reason: 'r',
})
const signedStop = (sent: SentStop): unknown => {
  const order = orderOf(sent)
  const key = sent.genuine ? trusted.privateKey : stranger.privateKey
  return { order, keyId: 'k1', signature: sign(null, stopSigningBytes(order), key).toString('base64') }
}

/** One turn of the world, as the agent meets it. */
type Turn = {
  readonly sent: Sent | null
  readonly stack: number
  readonly later: number
  readonly manifest: Manifest | null
  readonly goesWrong: boolean
  readonly stop: SentStop | null
}
const arbitraryTurn: fc.Arbitrary<Turn> = fc.record({
  sent: fc.option(arbitrarySent),
  stack: fc.nat({ max: STACKS.length - 1 }),
  later: fc.integer({ min: 0, max: 20_000 }),
  manifest: fc.constantFrom(two, null),
  goesWrong: fc.boolean(),
  stop: fc.option(arbitraryStop, { freq: 2 }),
})

type Happened = { readonly at: number; readonly effect: Effect; readonly state: State; readonly stack: Stack }

/** Plays a world against the agent; gives back every effect with what was true then. */
const play = (turns: readonly Turn[]): readonly Happened[] => {
  let state: State = START
  let at = 0
  const happened: Happened[] = []
  for (const turn of turns) {
    at += turn.later
    const stack = STACKS[turn.stack] ?? stackOf([])
    const observation: Observation = { bootId: 'b1', stack, patched: {} }
    const answer = (effect: Effect): Input | null => {
      switch (effect.do) {
        case 'sleep':
          return null
        case 'poll-stop':
          return { type: 'stop-polled', at, answer: turn.stop ? { is: 'document', document: signedStop(turn.stop) } : { is: 'absent' } }
        case 'poll':
          return turn.sent
            ? { type: 'polled', at, jitter: 0.5, document: signed(turn.sent), etag: null }
            : { type: 'unreachable', at, jitter: 0.5, detail: 'gone' }
        case 'observe':
          return { type: 'observed', at, observation }
        case 'explain':
          return { type: 'explained', at, observation, facts: turn.goesWrong ? 'unknown' : 'none' }
        case 'ask-clearance':
          return { type: 'cleared', at, observation, document: null }
        case 'force':
          throw new Error('nobody cleared anything')
        case 'fetch':
          return turn.goesWrong
            ? { type: 'fetch-failed', at, code: 'digest-mismatch', detail: 'other bytes' }
            : { type: 'fetched', at, manifest: turn.manifest, known: [one, three, two], observation }
        case 'load':
          return { type: 'loaded', at, result: turn.goesWrong ? 'EINVAL' : 'OK', detail: '' }
        case 'disable':
          return { type: 'disabled', at, name: effect.name, result: turn.goesWrong ? 'EBUSY' : 'OK', detail: '' }
        case 'remove':
          return { type: 'removed', at, name: effect.name, result: turn.goesWrong ? 'EAGAIN' : 'OK', detail: '' }
        case 'report':
          return { type: 'reported', at, jitter: 0.5, essence: 'e', outcome: turn.goesWrong ? 'failed' : 'accepted' }
      }
    }
    let input: Input | null = { type: 'woken', at: Math.max(at, state.pollAt), jitter: 0.5 }
    at = input.at
    for (let count = 0; input; count += 1) {
      if (count > 12) throw new Error('the agent does not come to rest')
      const next = step(state, input, SETTINGS)
      state = next.state
      const [effect] = next.effects
      if (!effect || next.effects.length > 1) throw new Error('one effect at a time')
      happened.push({ at, effect, state, stack })
      // A load takes the machine to another stack; the turn ends there.
      input = effect.do === 'load' ? null : answer(effect)
    }
  }
  return happened
}

/** Three hundred worlds, always the same ones, played once. */
const LIVES = fc
  .sample(fc.array(arbitraryTurn, { maxLength: 12 }), { numRuns: 300, seed: 20_261_123 })
  .map(turns => ({ turns, happened: play(turns) }))

const lives = (check: (happened: readonly Happened[], turns: readonly Turn[]) => void): void => {
  for (const { happened, turns } of LIVES) check(happened, turns)
}

describe('the agent, whatever the control plane and the machine do,', () => {
  test('loads only what a valid directive asks of it now, on a stack that the verdict admitted', () => {
    let loads = 0
    lives(happened => {
      for (const { at, effect, state, stack } of happened) {
        if (effect.do !== 'load') continue
        loads += 1
        const accepted = state.durable.accepted?.directive
        expect(accepted).toMatchObject({ fleet: 'web', stopped: false })
        expect(accepted?.expiresAt).toBeGreaterThan(at)
        expect(accepted?.ask?.share).toBeGreaterThan(SETTINGS.bucket)
        expect(accepted?.ask?.livepatch.digest).toBe(effect.digest)
        expect(accepted?.ask?.admitted).toContain(stackDigest(stack))
        expect(stack.forced).toBe(false)
        const stop = state.durable.stop?.order
        expect(stop?.stopped === true && stop.expiresAt > at).toBe(false)
      }
    })
    expect(loads).toBeGreaterThan(10)
  })

  test('accepts only what the trusted key signed, and never goes back', () => {
    lives((happened, turns) => {
      const genuine = new Set(
        turns.flatMap(({ sent }) => (sent && !sent.damaged && sent.by === trusted.privateKey ? [digestOf(sent.directive)] : [])),
      )
      let version = 0
      for (const { state } of happened) {
        const accepted = state.durable.accepted?.directive
        if (!accepted) continue
        expect(genuine).toContain(digestOf(accepted))
        expect(accepted.version).toBeGreaterThanOrEqual(version)
        version = accepted.version
      }
    })
  })

  test('believes only a stop order of the trusted key, and never goes back', () => {
    let stopped = 0
    lives((happened, turns) => {
      const genuine = new Set(turns.flatMap(({ stop }) => (stop?.genuine ? [digestOf(orderOf(stop))] : [])))
      let version = 0
      for (const { state } of happened) {
        const { stop } = state.durable
        if (!stop) continue
        stopped += Number(stop.order.stopped)
        expect(genuine).toContain(digestOf(stop.order))
        expect(stop.order.version).toBeGreaterThanOrEqual(version)
        version = stop.order.version
      }
    })
    expect(stopped).toBeGreaterThan(10)
  })

  test('comes to rest after each turn, with growing report numbers', () => {
    lives(happened => {
      const numbers = happened.flatMap(({ effect }) => (effect.do === 'report' ? [effect.report.sequence] : []))
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b))
    })
  })

  test('loads nothing that the simulated kernel would refuse', () => {
    lives((happened, turns) => {
      const readable = turns.every(({ manifest }) => manifest !== null)
      for (const { effect, stack } of happened)
        if (effect.do === 'load' && readable) expect(stack.livepatches.map(({ name }) => name)).not.toContain(three.name)
    })
  })
})

describe('a clearance on a host whose clock is set back', () => {
  const stack = stackOf([one], { inTransition: one })
  const clearance = {
    ...{ schema: 'supersede.clearance/1' as const, id: 'clearance-1', host: 'h1', fleet: 'web', change: 'c1', livepatch: one.name },
    ...{ bootId: 'b1', since: 500, evidence: 'e'.repeat(64), clearedBy: 'alice', issuedAt: 1_000, expiresAt: 8_000 },
  }
  const document = {
    clearance,
    keyId: 'k1',
    signature: sign(null, clearanceSigningBytes(clearance), trusted.privateKey).toString('base64'),
  }
  const livepatch = { digest: one.digest, name: one.name }
  const work = {
    change: 'c1',
    livepatch,
    route: 'replace' as const,
    way: null,
    directiveVersion: 1,
    loadedAt: 400,
    movingSince: 500,
    attempts: 0,
    failure: null,
  }
  const evidence = {
    ...{ livepatch: one.name, direction: 'patching' as const, since: 500, at: 900, waiting: 1 },
    ...{ tasks: [], unproven: [], log: [] },
  }

  test.each([
    ['forces nothing that had expired when the host last reported', 8_000, false],
    ['forces what had not', 7_999, true],
  ])('%s', (_, reportedAt, forces) => {
    const state: State = { ...START, durable: { ...START.durable, work, reported: { essence: 'e', at: reportedAt } }, evidence }
    const observation: Observation = { bootId: 'b1', stack, patched: {} }
    const { effects } = step(state, { type: 'cleared', at: 5_000, observation, document }, SETTINGS)
    expect(effects.some(effect => effect.do === 'force')).toBe(forces)
  })
})
