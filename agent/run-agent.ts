import { sha256 } from '../shared/canonical/index.ts'
import { bucketOf, STOP_ORDER_KEY } from '../shared/rollout/index.ts'
import type { Clock } from './clock.ts'
import type { Effect, Input, StopAnswer } from './effect.ts'
import { messageOf } from './failure.ts'
import type { HttpClient } from './http-client.ts'
import { type Identity, type Signer, signerOf } from './identity.ts'
import type { Kernel } from './kernel.ts'
import { keptManifests, obtainModule, type ReadManifest } from './modules.ts'
import { readManifest } from './read-manifest.ts'
import { essenceOf } from './report.ts'
import { DEFAULTS, type Settings } from './settings.ts'
import { type Agent, AgentState } from './state.ts'
import { step } from './step.ts'
import type { Storage } from './storage.ts'

export type AgentOptions = {
  readonly kernel: Kernel
  readonly http: HttpClient
  readonly clock: Clock
  readonly identity: Identity
  /** Holds the state that `enrol` wrote. */
  readonly storage: Storage
  /** Where the control plane is, for example `http://127.0.0.1:8080`. */
  readonly server: string
  readonly settings?: Partial<typeof DEFAULTS>
  readonly readManifest?: ReadManifest
  /** `spread` (default): within one interval, so that machines that start together do not poll together. */
  readonly firstPoll?: 'spread' | 'at-once'
  /** Told of every step, for a log; the agent does not wait for it. */
  readonly onStep?: (input: Input, effects: readonly Effect[]) => void
}

export type RunningAgent = {
  /** Finishes what is being done, then ends. Loads are never cut short. */
  stop(): Promise<void>
  /** Wakes the agent before its time. */
  wake(): void
  readonly done: Promise<void>
}

const DIRECTIVE_BYTES_MAX = 256 * 1024
const STOP_BYTES_MAX = 4 * 1024
const ANSWER_BYTES_MAX = 64 * 1024

/** The stop order that came last, so that it is neither sent nor checked again. */
type StopSeen = { readonly etag: string | null; readonly body: string }

type Shell = AgentOptions & { readonly signer: Signer; readonly settings: Settings; stopped: boolean; lastBody: string; stopSeen: StopSeen }

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    return null
  }
}

/** Without a token: the file is everybody's, and whoever serves it can do no more than keep it back. */
const askForStop = async (shell: Shell): Promise<StopAnswer> => {
  const { etag, body: seen } = shell.stopSeen
  try {
    const headers = etag === null ? {} : { 'if-none-match': etag }
    const answer = await shell.http.get(`${shell.server}/${STOP_ORDER_KEY}`, headers, STOP_BYTES_MAX)
    if (answer.status === 304) return { is: 'same' }
    if (answer.status === 404 || answer.status === 403) return { is: 'absent' }
    if (answer.status !== 200) return { is: 'unreachable' }
    const body = sha256(answer.body)
    if (body === seen) return { is: 'same' }
    shell.stopSeen = { etag: answer.etag, body }
    return { is: 'document', document: parsed(answer.body) }
  } catch {
    return { is: 'unreachable' }
  }
}

const pollStop = async (shell: Shell): Promise<Input> => {
  const answer = await askForStop(shell)
  return { type: 'stop-polled', at: shell.clock.now(), answer }
}

const poll = async (shell: Shell, etag: string | null): Promise<Input> => {
  const { http, clock, signer, server, settings } = shell
  const stamp = () => ({ at: clock.now(), jitter: clock.jitter() })
  try {
    const authorization = await signer.bearer(clock.now())
    const headers = { authorization, ...(etag === null ? {} : { 'if-none-match': etag }) }
    const answer = await http.get(`${server}/fleets/${encodeURIComponent(settings.fleet)}/directive`, headers, DIRECTIVE_BYTES_MAX)
    if (answer.status === 304) return { type: 'unchanged', ...stamp() }
    if (answer.status !== 200) return { type: 'unreachable', ...stamp(), detail: `the directive's route answers ${answer.status}` }
    const body = sha256(answer.body)
    if (body === shell.lastBody) return { type: 'unchanged', ...stamp() }
    shell.lastBody = body
    return { type: 'polled', ...stamp(), document: parsed(answer.body), etag: answer.etag }
  } catch (error) {
    return { type: 'unreachable', ...stamp(), detail: messageOf(error) }
  }
}

const observe = async ({ kernel, clock }: Shell): Promise<Input> => {
  try {
    const observation = await kernel.observe()
    return { type: 'observed', at: clock.now(), observation }
  } catch (error) {
    return { type: 'unobserved', at: clock.now(), detail: messageOf(error) }
  }
}

/** What cannot be told keeps nobody from reporting that the transition has stalled. */
const explain = async (shell: Shell): Promise<Input> => {
  const { kernel, clock } = shell
  const facts = await kernel.explain().then(
    found => found ?? ('none' as const),
    () => 'unknown' as const,
  )
  const seen = await observe(shell)
  return seen.type === 'observed' ? { type: 'explained', at: clock.now(), observation: seen.observation, facts } : seen
}

/** Nobody to be asked is the same as nobody who has cleared it. */
const askClearance = async (shell: Shell): Promise<Input> => {
  const { http, clock, signer, server, settings } = shell
  const document = await (async () => {
    const authorization = await signer.bearer(clock.now())
    const answer = await http.get(`${server}/hosts/${encodeURIComponent(settings.host)}/clearance`, { authorization }, ANSWER_BYTES_MAX)
    return answer.status === 200 ? parsed(answer.body) : null
  })().catch(() => null)
  const seen = await observe(shell)
  return seen.type === 'observed' ? { type: 'cleared', at: clock.now(), observation: seen.observation, document } : seen
}

const fetchModule = async (shell: Shell, effect: Extract<Effect, { do: 'fetch' }>): Promise<Input> => {
  const { clock, kernel, storage } = shell
  const read = shell.readManifest ?? readManifest
  const obtained = await obtainModule(effect, shell.http, storage)
  if (!obtained.ok) return { type: 'fetch-failed', at: clock.now(), code: obtained.code, detail: obtained.detail }
  const observation = await kernel.observe()
  const known = [...(await keptManifests(observation.stack, storage, read)), ...(await kernel.known())]
  return { type: 'fetched', at: clock.now(), manifest: read(obtained.bytes, effect.digest, effect.name), known, observation }
}

const load = async (
  { kernel, storage, clock, readManifest: read = readManifest }: Shell,
  effect: Extract<Effect, { do: 'load' }>,
): Promise<Input> => {
  const { digest, name } = effect
  const file = await storage.module(digest)
  if (!file || sha256(file.bytes) !== digest) {
    return {
      type: 'fetch-failed',
      at: clock.now(),
      code: 'digest-mismatch',
      detail: `the kept file of ${name} is not the one that was checked`,
    }
  }
  if (effect.removeFirst) await kernel.remove(name)
  const answer = await kernel.load({ name, manifest: read(file.bytes, digest, name), bytes: file.bytes, path: file.path })
  return { type: 'loaded', at: clock.now(), ...answer }
}

const outcomeOf = (status: number, body: unknown): 'accepted' | 'ignored' | 'failed' => {
  if (status !== 200 || typeof body !== 'object' || body === null) return 'failed'
  if ('accepted' in body && body.accepted === 1) return 'accepted'
  return 'ignored' in body && body.ignored === 1 ? 'ignored' : 'failed'
}

const report = async (shell: Shell, effect: Extract<Effect, { do: 'report' }>): Promise<Input> => {
  const { http, clock, signer, server, settings } = shell
  const essence = essenceOf(effect.report)
  const came = (outcome: 'accepted' | 'ignored' | 'failed'): Input => ({
    type: 'reported',
    at: clock.now(),
    jitter: clock.jitter(),
    essence,
    outcome,
  })
  try {
    const authorization = await signer.bearer(clock.now())
    const body = JSON.stringify({ reports: [await signer.report(effect.report)] })
    const answer = await http.post(
      `${server}/fleets/${encodeURIComponent(settings.fleet)}/reports`,
      { authorization },
      body,
      ANSWER_BYTES_MAX,
    )
    return came(outcomeOf(answer.status, parsed(answer.body)))
  } catch {
    return came('failed')
  }
}

const perform = async (shell: Shell, effect: Effect): Promise<Input> => {
  const { clock } = shell
  switch (effect.do) {
    case 'sleep':
      await clock.sleepUntil(effect.until)
      return { type: 'woken', at: clock.now(), jitter: clock.jitter() }
    case 'poll-stop':
      return pollStop(shell)
    case 'poll':
      return poll(shell, effect.etag)
    case 'observe':
      return observe(shell)
    case 'explain':
      return explain(shell)
    case 'ask-clearance':
      return askClearance(shell)
    case 'force':
      return { type: 'forced', at: clock.now(), result: (await shell.kernel.force(effect.name)).result }
    case 'fetch':
      return fetchModule(shell, effect)
    case 'load':
      return load(shell, effect)
    case 'disable':
      return { type: 'disabled', name: effect.name, ...(await shell.kernel.disable(effect.name)), at: clock.now() }
    case 'remove':
      return { type: 'removed', name: effect.name, ...(await shell.kernel.remove(effect.name)), at: clock.now() }
    case 'report':
      return report(shell, effect)
  }
}

const loop = async (shell: Shell, start: Agent): Promise<void> => {
  let agent = start
  let pending: readonly Effect[] = [{ do: 'sleep', until: start.pollAt, idle: true }]
  while (!shell.stopped) {
    const [effect, ...rest] = pending
    if (!effect) throw new Error('the agent has nothing to do, which its steps never leave it with')
    const input = await perform(shell, effect)
    if (shell.stopped && effect.do === 'sleep') return
    const { state, effects } = step(agent, input, shell.settings)
    if (state.durable !== agent.durable) await shell.storage.write('state', state.durable)
    agent = state
    shell.onStep?.(input, effects)
    pending = [...rest, ...effects]
  }
}

/**
 * Runs one host's agent until it is stopped. The host must have been enrolled (`enrol`).
 */
export const runAgent = async (options: AgentOptions): Promise<RunningAgent> => {
  const { identity, storage, clock } = options
  const durable = AgentState.parse(await storage.read('state'))
  const settings = { ...DEFAULTS, ...options.settings, host: identity.host, fleet: identity.fleet, bucket: bucketOf(identity.host) }
  const shell: Shell = {
    ...options,
    settings,
    signer: await signerOf(identity),
    stopped: false,
    lastBody: '',
    stopSeen: { etag: null, body: '' },
  }
  const interval = durable.accepted?.directive.pollSeconds ?? durable.pollSeconds
  const delay = options.firstPoll === 'at-once' ? 0 : clock.jitter() * interval * 1000
  const done = loop(shell, { durable, pollAt: clock.now() + delay, misses: 0, resting: false, evidence: null })
  return {
    stop: () => {
      shell.stopped = true
      clock.wake()
      return done
    },
    wake: () => clock.wake(),
    done,
  }
}
