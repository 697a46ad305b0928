import { generateKeyPairSync, sign } from 'node:crypto'
import { type Effect, type Input, newState, type SimulatedKernel, simulatedKernel, step } from '../../agent/index.ts'
import type { Report } from '../../shared/fleet/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { type Directive, signingBytes, stopSigningBytes } from '../../shared/rollout/index.ts'
import { RELEASE } from '../verdict/examples.ts'

const { publicKey, privateKey } = generateKeyPairSync('ed25519')
const SETTINGS = { host: 'h1', fleet: 'web', bucket: 0, stallSecondsMax: 90, watchSeconds: 1, explainSeconds: 15, heartbeatSeconds: 300 }
type Agent = Parameters<typeof step>[0]

const fresh = newState({ keyId: 'k1', publicKey: String(publicKey.export({ format: 'jwk' }).x), pollSeconds: 10 })
const started = (durable: Agent['durable']): Agent => ({ durable, pollAt: 0, misses: 0, resting: false, evidence: null })

/** One host: its machine, its agent, what it is told and what it did. The agent is stepped by hand, so nothing depends on time. */
export class World {
  readonly kernel: SimulatedKernel
  readonly did: string[] = []
  readonly reports: Report[] = []
  agent: Agent = started(fresh)
  at = 0
  document: unknown = null
  stop: unknown = null
  isUp = true

  readonly preload: readonly Manifest[]
  readonly next: Manifest

  constructor(preload: readonly Manifest[], next: Manifest) {
    this.preload = preload
    this.next = next
    this.kernel = simulatedKernel({ release: RELEASE, bootId: 'b1', preload })
  }

  publish(version: number, given: Partial<Omit<Directive, 'ask'>> = {}, ask: Partial<NonNullable<Directive['ask']>> | null = {}): void {
    const { digest, name, size } = this.next
    const asked = { change: 'c1', approvedBy: [], livepatch: { digest, name, size, location: 'http://x/' }, share: 10_000 }
    const directive: Directive = {
      ...{ schema: 'supersede.directive/1', fleet: 'web', version, issuedAt: 0, expiresAt: 10_000_000, stopped: false, pollSeconds: 10 },
      ...given,
      ask: ask && { ...asked, route: 'disable-then-load', admitted: this.admitted, ...ask },
    }
    this.document = { directive, keyId: 'k1', signature: sign(null, signingBytes(directive), privateKey).toString('base64') }
  }

  admitted: readonly string[] = []

  async admit(): Promise<this> {
    this.admitted = [stackDigest((await this.kernel.observe()).stack)]
    return this
  }

  publishStop(version: number, stopped: boolean): void {
    const times = { issuedAt: 0, expiresAt: 10_000_000 }
    const order = { schema: 'supersede.stop/1' as const, version, ...times, scope: 'everything' as const, stopped, reason: 'hosts panic' }
    this.stop = { order, keyId: 'k1', signature: sign(null, stopSigningBytes(order), privateKey).toString('base64') }
  }

  async answer(effect: Effect): Promise<Input> {
    const at = this.at
    const observation = await this.kernel.observe()
    switch (effect.do) {
      case 'sleep':
        this.at = Math.max(effect.until, at)
        this.kernel.apply({ op: 'wait', milliseconds: this.at - at })
        return { type: 'woken', at: this.at, jitter: 0.5 }
      case 'poll-stop':
        return { type: 'stop-polled', at, answer: this.stop === null ? { is: 'absent' } : { is: 'document', document: this.stop } }
      case 'poll':
        if (!this.isUp) return { type: 'unreachable', at, jitter: 0.5, detail: 'gone' }
        return { type: 'polled', at, jitter: 0.5, document: this.document, etag: null }
      case 'observe':
        return { type: 'observed', at, observation }
      case 'explain':
        return { type: 'explained', at, observation, facts: (await this.kernel.explain()) ?? 'none' }
      case 'fetch':
        return { type: 'fetched', at, manifest: this.next, known: [...this.preload, this.next], observation }
      case 'load': {
        if (effect.removeFirst) await this.kernel.remove(effect.name)
        const module = { name: effect.name, manifest: this.next, bytes: new Uint8Array(), path: null }
        return { type: 'loaded', at, ...(await this.kernel.load(module)) }
      }
      case 'disable':
        return { type: 'disabled', at, name: effect.name, ...(await this.kernel.disable(effect.name)) }
      case 'remove':
        return { type: 'removed', at, name: effect.name, ...(await this.kernel.remove(effect.name)) }
      case 'report':
        this.reports.push(effect.report)
        return { type: 'reported', at, jitter: 0.5, essence: `${effect.report.sequence}`, outcome: 'accepted' }
      default:
        throw new Error(`nobody may ${effect.do} here`)
    }
  }

  /** Lets the agent act until it has slept so often; `crashes` is asked before and after each effect. */
  async live(naps: number, crashes: (when: 'before' | 'after', count: number) => boolean = () => false): Promise<this> {
    let effect: Effect = { do: 'sleep', until: this.at, idle: true }
    let [slept, count] = [0, 0]
    while (slept <= naps) {
      count += 1
      if (effect.do === 'sleep') slept += 1
      else this.did.push('name' in effect ? `${effect.do} ${effect.name}` : effect.do)
      const isLost = crashes('before', count)
      const input: Input | null = isLost ? null : await this.answer(effect)
      if (input === null || crashes('after', count)) {
        this.agent = started(this.agent.durable)
        effect = { do: 'sleep', until: this.at, idle: true }
        continue
      }
      const next = step(this.agent, input, SETTINGS)
      this.agent = next.state
      effect = next.effects[0] ?? { do: 'sleep', until: this.at, idle: true }
    }
    return this
  }

  done(): readonly string[] {
    return this.did.filter(what => /^(disable|remove|load) /.test(what))
  }

  async stack(): Promise<readonly string[]> {
    const { livepatches, resident } = (await this.kernel.observe()).stack
    return [...livepatches.map(({ name, enabled }) => (enabled ? name : `${name} off`)), ...resident.map(({ name }) => `(${name})`)]
  }

  last(): Report | undefined {
    return this.reports.at(-1)
  }
}
