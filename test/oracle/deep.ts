import { type ObservedStep, runScenario, Scenario } from '../../shared/kernel/index.ts'
import { guestSymbols } from '../conformance/guest.ts'

/*
 * Random scenarios that go deeper than the oracle's own generators: up to five livepatches on three targets, tasks that sleep in
 * replacements of replacements, kernel threads, signals, all words that sysfs reads, wrong positions and names, odd init results.
 * Each next step is chosen by what the core says the machine looks like, so that most steps take effect. Steps of which the core
 * says that the kernel would hang or run wild are left out: the guest would not survive them.
 */

type Draw = {
  readonly chance: (probability: number) => boolean
  readonly below: (count: number) => number
  readonly pick: <Item>(items: readonly Item[]) => Item
}

/** A small generator of numbers that are the same for the same seed (mulberry32). */
const drawFrom = (seed: number): Draw => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (count: number): number => Math.floor(next() * count)
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }
  return { chance: probability => next() < probability, below, pick }
}

const some = <Item>({ chance }: Draw, items: readonly Item[], probability: number): Item[] => items.filter(() => chance(probability))

const shuffled = <Item>({ below }: Draw, items: readonly Item[]): Item[] => {
  const left = [...items]
  return items.flatMap(() => left.splice(below(left.length), 1))
}

const TARGETS = ['t1', 't2', 't3'] as const
const ERRORS = [-19, -16, -22, -12, -1, -17, -5]

type Json = Record<string, unknown>

const target = (draw: Draw, name: string): Json => ({
  name,
  kind: 'target',
  ...(draw.chance(0.06) && { init_ret: draw.pick([...ERRORS, 3]) }),
  ...(draw.chance(0.15) && { kthread: true }),
})

const callbacks = ({ chance, pick }: Draw, isVmlinux: boolean): Json => ({
  ...(chance(0.7) && { pre_patch: chance(0.08) ? pick(isVmlinux ? [...ERRORS, 4] : ERRORS) : 0 }),
  ...(chance(0.7) && { post_patch: true }),
  ...(chance(0.7) && { pre_unpatch: true }),
  ...(chance(0.7) && { post_unpatch: true }),
})

const targetFunctions = (draw: Draw): unknown[] => {
  const { chance, pick } = draw
  return shuffled(draw, [
    ...some(draw, ['tgt_f0', 'tgt_f1', 'tgt_f2'], 0.45),
    ...(chance(0.35) ? ['tgt_block'] : chance(0.15) ? [{ name: 'tgt_block', mode: 'b' }] : []),
    ...(chance(0.06) ? ['tgt_iblock'] : []),
    ...(chance(0.3) ? [{ name: 'tgt_f3', mode: 'b' }] : []),
    ...(chance(0.15) ? [{ name: 'tgt_f4', mode: 'b' }] : []),
    ...(chance(0.04) ? [{ name: 'tgt_f5', mode: 'i' }] : []),
    ...(chance(0.08) ? [{ name: 'tgt_dup', sympos: pick([1, 1, 2, 2, 0, 3]) }] : []),
    ...(chance(0.04) ? [{ name: 'tgt_f0', sympos: pick([0, 1, 2]) }] : []),
    ...(chance(0.02) ? ['tgt_missing'] : []),
  ])
}

const vmlinuxFunctions = (draw: Draw): unknown[] => [
  ...some(draw, ['cmdline_proc_show', 'version_proc_show'], 0.4),
  ...(draw.chance(0.12) ? [{ name: 'filesystems_proc_show', mode: 'b' }] : []),
  ...(draw.chance(0.03) ? [draw.pick(['__schedule', 'no_such_function'])] : []),
]

const livepatch = (draw: Draw, name: string): Json => {
  const { chance, below } = draw
  const objects: Json[] = some(draw, TARGETS, 0.5).map(target => ({
    name: target,
    funcs: targetFunctions(draw),
    callbacks: callbacks(draw, false),
  }))
  if (chance(0.6)) objects.push({ name: null, funcs: vmlinuxFunctions(draw), callbacks: callbacks(draw, true) })
  if (chance(0.02) && objects[0] !== undefined) objects.push({ ...objects[0] })
  const states = chance(0.35) ? some(draw, [1, 2, 3], 0.5).map(id => ({ id, version: 1 + below(3) })) : []
  return {
    name,
    objects: shuffled(draw, objects),
    ...(chance(0.45) && { replace: true }),
    ...(states.length > 0 && { states }),
    ...(chance(0.02) && { unmarked: true }),
    ...(chance(0.02) && { noenable: true, ...(chance(0.5) && { init_ret: draw.pick(ERRORS) }) }),
  }
}

const SLEEPING = ['tgt_block', 'tgt_block', 'tgt_f3', 'tgt_f3', 'tgt_f4', 'tgt_f0', 'dup1', 'dup2'] as const
const WORDS = ['0', '1', 'n', 'y', 'on', 'off', 'oF', 'x', '', ' 1', 'true', 'False', 'e', 'd', '2', 'N0', '-1'] as const

type World = {
  readonly draw: Draw
  readonly livepatches: readonly string[]
  readonly targets: readonly string[]
  readonly kids: string[]
  readonly seen: ObservedStep | undefined
}

const among = <Item>({ chance, pick }: Draw, likely: readonly Item[], all: readonly Item[]): Item =>
  pick(likely.length > 0 && chance(0.9) ? likely : all)

const loadStep = ({ draw, livepatches, seen }: World): Json => ({
  op: 'load',
  module: among(
    draw,
    livepatches.filter(name => seen?.modules[name] === undefined),
    livepatches,
  ),
})

const targetStep = ({ draw, targets, seen }: World): Json => {
  const loaded = targets.filter(name => seen?.modules[name] !== undefined)
  const absent = targets.filter(name => seen?.modules[name] === undefined)
  return draw.chance(0.6) ? { op: 'load', module: among(draw, absent, targets) } : { op: 'unload', module: among(draw, loaded, targets) }
}

const writeStep = ({ draw, livepatches, seen }: World): Json => {
  const listed = Object.keys(seen?.patches ?? {})
  const open = listed.filter(name => seen?.patches[name]?.transition === '1')
  const patch = open.length > 0 && draw.chance(0.7) ? draw.pick(open) : among(draw, listed, livepatches)
  const enabled = seen?.patches[patch]?.enabled === '1'
  return { op: 'enabled', patch, value: draw.chance(0.1) ? draw.pick(WORDS) : draw.chance(0.9) ? (enabled ? 0 : 1) : draw.pick([0, 1]) }
}

const forceStep = ({ draw, livepatches, seen }: World): Json => {
  const open = Object.keys(seen?.patches ?? {}).filter(name => seen?.patches[name]?.transition === '1')
  return { op: 'force', patch: among(draw, open, livepatches), value: draw.chance(0.9) ? 1 : draw.pick(WORDS) }
}

const spawnStep = ({ draw, targets, kids, seen }: World): Json => {
  const id = `k${kids.length + 1}`
  kids.push(id)
  const loaded = targets.filter(name => seen?.modules[name] !== undefined)
  if (draw.chance(0.12)) return { op: 'spawn', id, path: '/proc/filesystems' }
  return { op: 'spawn', id, func: `${among(draw, loaded, targets)}:${draw.chance(0.05) ? 'tgt_iblock' : draw.pick(SLEEPING)}` }
}

const taskStep = (world: World): Json => {
  const { draw, kids, livepatches, targets, seen } = world
  if (kids.length > 0 && draw.chance(0.25)) return { op: 'join', id: draw.pick(kids), ms: 200 }
  if (kids.length > 0 && draw.chance(0.15)) return { op: 'signal', id: draw.pick(kids), signal: draw.pick([10, 15, 9, 17]) }
  if (kids.length < 8 && draw.chance(0.6)) return spawnStep(world)
  const loaded = Object.keys(seen?.modules ?? {})
  return { op: 'release', module: among(draw, loaded, [...targets, ...livepatches]), value: draw.chance(0.93) ? 1 : draw.pick([0, 'x', 2]) }
}

const nextStep = (world: World): Json => {
  const { draw, livepatches, seen } = world
  const free = livepatches.filter(name => seen?.modules[name] === '0')
  const kind = draw.below(100)
  if (kind < 26) return loadStep(world)
  if (kind < 38) return targetStep(world)
  if (kind < 60) return writeStep(world)
  if (kind < 70) return forceStep(world)
  if (kind < 80) return { op: 'unload', module: among(draw, free, livepatches) }
  if (kind < 96) return taskStep(world)
  return { op: 'wait', ms: draw.pick([100, 1500, 3000]) }
}

const PROBES = [
  'vmlinux:cmdline_proc_show',
  'vmlinux:version_proc_show',
  ...TARGETS.flatMap(name => ['tgt_f0', 'tgt_f1', 'tgt_f2', 'dup1', 'dup2'].map(func => `${name}:${func}`)),
]

const document = (seed: number, index: number, draw: Draw): Json => ({
  name: `deep-${seed}-${index}`,
  modules: [
    ...TARGETS.map(name => target(draw, name)),
    ...['p1', 'p2', 'p3', 'p4', 'p5'].slice(0, 2 + draw.below(4)).map(name => livepatch(draw, name)),
  ],
  probe: PROBES,
})

const scenario = (seed: number, index: number, kernel: string): Json => {
  const draw = drawFrom(seed * 100_003 + index * 7919)
  const start = document(seed, index, draw)
  const parsed = Scenario.parse({ ...start, steps: [] })
  const livepatches = parsed.modules.filter(module => module.kind !== 'target').map(({ name }) => name)
  const kids: string[] = []
  const length = 12 + draw.below(14)
  let steps: Json[] = draw.chance(0.7) ? [{ op: 'load', module: 't1' }] : []
  let seen: ObservedStep | undefined
  for (let tries = 0; tries < 60 && steps.length < length; tries += 1) {
    const attempt = [...steps, nextStep({ draw, livepatches, targets: TARGETS, kids, seen })]
    const last = runScenario(Scenario.parse({ ...start, steps: attempt }), { release: kernel, symbols: guestSymbols(kernel) }).at(-1)
    if (last === undefined || last.rc === 'EDEADLK') continue
    steps = attempt
    seen = last
  }
  return { ...start, steps }
}

/** `count` scenarios; the same seed makes the same ones. */
export const make = (count: number, seed: number, kernel = '6.1'): readonly Json[] =>
  Array.from({ length: count }, (_, index) => scenario(seed, index, kernel))
