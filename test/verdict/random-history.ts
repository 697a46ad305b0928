import type { CallbackKind, Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange, type Verdict } from '../../shared/verdict/index.ts'
import { livepatch, RELEASE } from './examples.ts'
import { leftovers, load, perform, reported, type Scene, scene } from './side-effects.ts'

/** A small random generator with a seed (mulberry32), so that a history can be named by a number. */
const dice = (seed: number) => {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { chance: (share: number): boolean => next() < share, below: (bound: number): number => Math.floor(next() * bound) }
}
type Dice = ReturnType<typeof dice>

const KINDS: readonly CallbackKind[] = ['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch']
const OBJECTS = ['vmlinux', 'driver'] as const
const FAMILY = 5

const adoptions = (random: Dice, self: number): readonly string[] =>
  Array.from({ length: FAMILY }, (_, index) => index).flatMap(index =>
    index === self || random.chance(0.6)
      ? []
      : OBJECTS.flatMap(object => KINDS.filter(() => random.chance(0.6)).map(kind => `lp_${index}:${object}:${kind}`)),
  )

/** Five livepatches: mostly one series, mostly cumulative, some with callbacks, states and statements. */
const family = (random: Dice): readonly Manifest[] =>
  Array.from({ length: FAMILY }, (_, index) =>
    livepatch({
      name: `lp_${index}`,
      version: `${index + 1}`,
      series: random.chance(0.85) ? 'lp' : 'other',
      replace: random.chance(0.9),
      on: Object.fromEntries(
        OBJECTS.filter(() => random.chance(0.6)).map(object => [
          object,
          { functions: random.chance(0.5) ? ['f'] : [], callbacks: random.chance(0.5) ? [] : KINDS.filter(() => random.chance(0.6)) },
        ]),
      ),
      states: ['1', '2'].filter(() => random.chance(0.25)).map(id => ({ id, version: 1 + random.below(2) })),
      adopts: random.chance(0.4) ? adoptions(random, index) : [],
    }),
  )

export type Judged = {
  readonly next: Manifest
  readonly known: ReadonlyMap<string, Manifest>
  readonly before: Scene
  readonly after: Scene
  readonly result: string
  readonly downgrade: boolean
  readonly verdict: Verdict
  /** Whether the guard lets the callbacks pass. */
  readonly safe: boolean
  readonly left: ReturnType<typeof leftovers>
}

export const judged = (before: Scene, next: Manifest, known: ReadonlyMap<string, Manifest>): Judged => {
  const stack = reported(before, known)
  const verdict = judgeChange({ livepatch: next, cohorts: [{ stack, hosts: 1, replacedEarlier: before.replaced }], known })
  const resident = stack.resident.find(({ name, refcnt }) => name === next.name && refcnt === 0)
  const cleared = resident ? perform(before, { op: 'unload', name: next.name }, known) : before
  const after = load(cleared, next, known)
  return {
    next,
    known,
    before,
    after,
    result: after.result,
    downgrade: verdict.cohorts[0]?.downgrade ?? false,
    verdict,
    safe: !verdict.findings.some(({ code }) => code === 'missing-callback'),
    left: leftovers(after),
  }
}

/** What comes of the route disable-then-load instead, with everything counted that stays; null where the verdict does not prove it. */
export const byDisabling = ({ before, next, known }: Judged): { readonly result: string; readonly left: Judged['left'] } | null => {
  const stack = reported(before, known)
  const route = 'disable-then-load'
  const [cohort] = judgeChange({ livepatch: next, cohorts: [{ stack, hosts: 1, replacedEarlier: before.replaced }], known, route }).cohorts
  if (!cohort?.byDisabling?.proved) return null
  const results: string[] = []
  const go = (now: Scene, ...[operation]: [Parameters<typeof perform>[1]]): Scene => {
    const then = perform(now, operation, known, 'counted')
    results.push(then.result)
    return then
  }
  let now = cohort.byDisabling.disables.reduce(
    (scene, name) => go(go(scene, { op: 'enabled', patch: name, value: '0' }), { op: 'unload', name }),
    before,
  )
  if (now.machine.modules.has(next.name)) now = go(now, { op: 'unload', name: next.name })
  const after = load(now, next, known)
  return { result: [...results, after.result].find(result => result !== 'OK') ?? 'OK', left: leftovers(after) }
}

/** One step of a machine's life that no verdict was asked about. */
const chance = (random: Dice, now: Scene, known: ReadonlyMap<string, Manifest>): Scene => {
  const driver = now.machine.modules.has('driver')
  switch (random.below(4)) {
    case 0:
      return perform(now, driver ? { op: 'unload', name: 'driver' } : { op: 'load', module: { kind: 'target', name: 'driver' } }, known)
    case 1: {
      const top = now.machine.patches.at(-1)
      if (!top) return now
      const disabled = perform(now, { op: 'enabled', patch: top.name, value: '0' }, known)
      return random.chance(0.9) ? perform(disabled, { op: 'unload', name: top.name }, known) : disabled
    }
    case 2: {
      const free = [...now.machine.modules].find(([name, { references }]) => references === 0 && name !== 'driver')
      return free ? perform(now, { op: 'unload', name: free[0] }, known) : now
    }
    default:
      return now
  }
}

/** The life of one machine, from its boot: every load is judged first; one that is blocked happens anyway now and then. */
export const history = (seed: number, steps = 8): readonly Judged[] => {
  const random = dice(seed)
  const manifests = family(random)
  const known = new Map(manifests.map(manifest => [manifest.name, manifest]))
  const loads: Judged[] = []
  let now = scene(RELEASE)
  for (let step = 0; step < steps; step += 1) {
    if (random.chance(0.4)) now = chance(random, now, known)
    const next = manifests[random.below(FAMILY)]
    if (!next || now.machine.patches.some(({ name }) => name === next.name)) continue
    const load = judged(now, next, known)
    loads.push(load)
    if (load.result === 'OK' && (load.safe || random.chance(0.3))) now = load.after
  }
  return loads
}
