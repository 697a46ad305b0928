import { hostname } from 'node:os'
import { Command, Option } from 'commander'
import { systemClock } from './clock.ts'
import type { Effect, Input } from './effect.ts'
import { enrol, enrolledIdentity } from './enrol.ts'
import { messageOf } from './failure.ts'
import { fetchClient } from './http-client.ts'
import type { Kernel } from './kernel.ts'
import { linuxKernel } from './linux-kernel.ts'
import { runAgent } from './run-agent.ts'
import { SavedMachine, type SimulatedKernel, simulatedKernel } from './simulated-kernel.ts'
import { folderStorage, type Storage } from './storage.ts'

type Arguments = {
  readonly server: string
  readonly fleet: string
  readonly token?: string
  readonly host: string
  readonly dir: string
  readonly once?: true
  readonly simulate?: string
}

const program = new Command()
  .name('agent')
  .description(
    'Runs on a host: follows the signed directive of its fleet and reports what the kernel runs. Needs root unless it simulates.',
  )
  .requiredOption('--server <url>', 'where the control plane is, for example http://127.0.0.1:8080')
  .requiredOption('--fleet <id>', 'the fleet that this host belongs to')
  .option('--token <token>', 'one-time enrolment token; needed the first time only (or SUPERSEDE_ENROLMENT_TOKEN)')
  .option('--host <id>', 'the name that this host enrols under', hostname().slice(0, 64))
  .option('--dir <folder>', 'where key, state and module files are kept', '/var/lib/supersede')
  .option('--once', 'poll and report once, follow what was begun to its end, then exit')
  .addOption(new Option('--simulate <release>', 'use a simulated kernel of this release instead of the real one'))
  .addHelpText(
    'after',
    `
Exit status: 0 stopped or, with --once, done; 1 failed; 2 wrong arguments.

Example: node bootstrap.cjs agent/main.ts --server http://127.0.0.1:8080 --fleet web --token T --dir ./host-1 --simulate 6.1.0-50-amd64`,
  )
  .exitOverride(error => process.exit(error.exitCode === 0 ? 0 : 2))

const say = (line: string): void => {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`)
}

/** One line for what a person would want to know; polls that bring nothing are not told. */
const tell = (input: Input, effects: readonly Effect[]): void => {
  if (input.type === 'unreachable' || input.type === 'fetch-failed' || input.type === 'unobserved') say(`${input.type}: ${input.detail}`)
  if (input.type === 'loaded') say(`insmod: ${input.result} ${input.detail}`.trim())
  for (const effect of effects) {
    if (effect.do === 'load') say(`loading ${effect.name} (${effect.digest.slice(0, 12)})`)
    if (effect.do !== 'report') continue
    const { state, change, refusal, transition } = effect.report
    const waited = transition?.tasks.map(({ name, pid, functions }) => `${name} (${pid}) in ${functions.join(', ') || '?'}`).join('; ')
    say(
      `${state}${waited ? `, waiting for ${waited}` : ''}${change ? ` for change ${change}` : ''}${refusal ? `, refused: ${refusal.code}: ${refusal.detail}` : ''}`,
    )
  }
}

const MACHINE = 'machine'

/** A simulated machine outlives the process, so that a restart of the agent is no reboot. */
const kernelFor = async (
  { simulate }: Arguments,
  storage: Storage,
): Promise<{ readonly kernel: Kernel; readonly save: () => Promise<void> }> => {
  if (simulate === undefined) return { kernel: linuxKernel(), save: async () => {} }
  const saved = await storage.read(MACHINE)
  const kernel: SimulatedKernel = simulatedKernel({
    release: simulate,
    bootId: crypto.randomUUID(),
    saved: saved === null ? null : SavedMachine.parse(saved),
  })
  return { kernel, save: () => storage.write(MACHINE, kernel.save()) }
}

const main = async (): Promise<void> => {
  const options: Arguments = program.parse().opts()
  const storage = await folderStorage(options.dir)
  const http = fetchClient()
  const token = options.token ?? process.env['SUPERSEDE_ENROLMENT_TOKEN']
  const server = options.server.replace(/\/+$/, '')
  const earlier = await enrolledIdentity(storage)
  if (!earlier && !token) throw new Error(`${options.dir} holds no enrolled host; give a one-time token with --token`)
  const identity = earlier ?? (await enrol({ ...options, server, token: token ?? '', http, storage, now: Date.now() }))
  say(`host ${identity.host} of fleet ${identity.fleet}`)
  const { kernel, save } = await kernelFor(options, storage)
  let polled = false
  const agent = await runAgent({
    kernel,
    http,
    clock: systemClock(),
    identity,
    storage,
    server,
    firstPoll: options.once ? 'at-once' : 'spread',
    onStep: (input, effects) => {
      tell(input, effects)
      if (input.type === 'loaded') void save()
      polled ||= input.type === 'polled' || input.type === 'unchanged' || input.type === 'unreachable'
      const idle = effects.some(effect => effect.do === 'sleep' && effect.idle)
      if (options.once && polled && idle) void agent.stop()
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void agent.stop())
  await agent.done
  await save()
}

main().catch((error: unknown) => {
  say(messageOf(error))
  process.exitCode = 1
})
