import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { adoptionText, type Manifest } from '../../shared/livepatch/index.ts'
import { type Bridge, bridgeBetween, bridgeSource, openBetween } from '../../shared/verdict/index.ts'
import { Failure } from '../failure.ts'
import { given, type Input, type Run } from '../input.ts'
import { readOther } from '../read-manifest.ts'
import type { Shell } from '../shell.ts'
import { messageOf } from '../system-error.ts'
import { printFacts, printJson } from '../terminal/print.ts'
import { terminalText } from '../terminal/terminal-text.ts'

const filesOf = (bridge: Bridge): Readonly<Record<string, string>> => ({
  [`${bridge.name}.json`]: `${JSON.stringify(bridge, null, 2)}\n`,
  [`${bridge.name}.c`]: bridgeSource(bridge),
  Kbuild: `obj-m := ${bridge.name}.o\n`,
})

/** Nothing that is there is written over: somebody may have filled in the callbacks. */
const write = ({ shell }: Input, directory: string, bridge: Bridge): void => {
  const files = Object.entries(filesOf(bridge)).map(([name, text]) => [join(directory, name), text] as const)
  const there = files.find(([path]) => existsSync(resolve(shell.cwd, path)))
  if (there) throw new Failure('failure', `${there[0]} is there already`, 'name another directory with --out, or move it away')
  try {
    mkdirSync(resolve(shell.cwd, directory), { recursive: true })
    for (const [path, text] of files) writeFileSync(resolve(shell.cwd, path), text, { flag: 'wx' })
  } catch (error) {
    throw new Failure('failure', `${directory}: ${messageOf(error)}`)
  }
  for (const [path] of files) shell.err(`wrote ${terminalText(path)}\n`)
}

const adopted = (adopts: Bridge['adopts']): string => adopts.map(adoptionText).join('\n')

const printBridge = (shell: Shell, bridge: Bridge): void =>
  printFacts(shell, [
    ['bridge', bridge.name],
    ['series', `${bridge.series} version ${bridge.version}`],
    ['kernel', `${bridge.kernelRelease} ${bridge.arch}`],
    ['undoes', adopted(bridge.adopts.filter(adoption => !bridge.passesOn.includes(adoption)))],
    ['passes on', adopted(bridge.passesOn)],
    ['callbacks', bridge.objects.map(({ name, callbacks }) => `${name ?? 'vmlinux'}:post_patch → ${callbacks.post_patch}`).join('\n')],
    ['states', bridge.states.map(({ id, version }) => `${id} version ${version}`).join('\n')],
  ])

const checked = (running: Manifest, target: Manifest): void => {
  if (running.kernelRelease === target.kernelRelease) return
  throw new Failure(
    'refused',
    `${target.name} was built for ${target.kernelRelease}, ${running.name} for ${running.kernelRelease}; no livepatch leads from one kernel to another`,
  )
}

/** The kernel refuses what does not know every state that is changed already (kernel/livepatch/state.c: klp_is_patch_compatible). */
const lacksState = (running: Manifest, target: Manifest): boolean =>
  target.replace &&
  running.states.some(({ id, version }) => !target.states.some(state => BigInt(state.id) === BigInt(id) && state.version >= version))

const notNeeded = (running: Manifest, target: Manifest): string =>
  target.replace
    ? `no bridge is needed: replacing ${running.name} by ${target.name} leaves nothing open`
    : `no bridge is needed: ${target.name} is not cumulative, so it replaces nothing and ${running.name} stays underneath`

export const run: Run = async input => {
  const [running, target] = await Promise.all(input.args.slice(0, 2).map(file => readOther(input.shell, file)))
  if (!running || !target) throw new Failure('usage', 'a bridge leads from one livepatch to another')
  checked(running, target)
  const open = openBetween([running], target)
  const bridge = bridgeBetween([running], target)
  if (!bridge && (open.length > 0 || lacksState(running, target)))
    throw new Failure(
      'refused',
      `no bridge leads from ${running.name} to ${target.name}: it lacks a system state that ${running.name} declares`,
    )
  const directory = given(input, 'out')
  if (bridge && directory !== undefined) write(input, directory, bridge)
  if (input.json) printJson(input.shell, { bridge, open })
  else if (!bridge) input.shell.err(`${notNeeded(running, target)}\n`)
  else if (given(input, 'output') === 'c') input.shell.out(bridgeSource(bridge))
  else printBridge(input.shell, bridge)
  return undefined
}
