import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  apply,
  implementationOf,
  type LivepatchImage,
  loadedModules,
  type Machine,
  type ModuleImage,
  machineOf,
  type Operation,
  stackOf,
  sysfsTree,
} from '../../shared/kernel/index.ts'
import {
  call,
  disable,
  enable,
  force,
  func,
  livepatch,
  load,
  machineAfter,
  object,
  release,
  started,
  target,
  unload,
  wait,
} from './world.ts'

const NAMES = ['a', 'b', 'c', 'd'] as const
const MODULES = ['m', 'n'] as const

const functions = fc.uniqueArray(
  fc.constantFrom(func('f0'), func('f1'), func('block'), func('iblock'), func('f2', { sleeps: 'uninterruptible' }), func('twice')),
  { maxLength: 4, selector: ({ name }) => name },
)

const callbacks = fc.record(
  {
    pre_patch: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-19, -16) }),
    post_patch: fc.constant(true as const),
    pre_unpatch: fc.constant(true as const),
    post_unpatch: fc.constant(true as const),
  },
  { requiredKeys: [] },
)

const image = (name: string): fc.Arbitrary<LivepatchImage> =>
  fc
    .record({
      replace: fc.boolean(),
      objects: fc.uniqueArray(
        fc.record({ name: fc.constantFrom(null, 'm', 'n'), functions, callbacks }).map(one => object(one.name, one.functions, one)),
        { maxLength: 3, selector: one => one.name },
      ),
      states: fc.uniqueArray(fc.record({ id: fc.constantFrom('1', '2'), version: fc.integer({ min: 1, max: 3 }) }), {
        maxLength: 2,
        selector: ({ id }) => id,
      }),
    })
    .map(({ objects, ...rest }) => livepatch(name, objects, rest))

const images = fc.tuple(
  ...NAMES.map(image),
  ...MODULES.map(name => fc.boolean().map(kthread => target(name, kthread ? { kthread: ['block'] } : {}))),
)

/** Operations on the modules of one world, so that random ones meet each other. */
const operation = (modules: readonly ModuleImage[]): fc.Arbitrary<Operation> =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...modules).map(load) },
    { weight: 2, arbitrary: fc.constantFrom(...NAMES, ...MODULES).map(unload) },
    { weight: 3, arbitrary: fc.constantFrom(...NAMES).map(disable) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES).map(enable) },
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 20 }).map(wait) },
    { weight: 1, arbitrary: fc.constantFrom(...NAMES, ...MODULES).map(release) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.uuid(), fc.constantFrom(...MODULES), fc.constantFrom('block', 'iblock', 'f2'))
        .map(([id, module, name]) => call(id, module, name)),
    },
  )

const history = (forcing: boolean): fc.Arbitrary<readonly Operation[]> =>
  images.chain(modules => {
    const plain = operation(modules)
    const any = forcing ? fc.oneof({ weight: 9, arbitrary: plain }, { weight: 1, arbitrary: fc.constantFrom(...NAMES).map(force) }) : plain
    return fc.array(any, { maxLength: 25 })
  })

/** Everything but the clock, and the taint that even a refused livepatch leaves. */
const seen = ({ clockMs: _clock, retryAtMs: _retry, tainted: _taint, ...machine }: Machine) => machine

const PARAMETERS = { numRuns: 400 }

describe('laws of the core', () => {
  test('an operation that is refused changes nothing', () => {
    fc.assert(
      fc.property(history(true), operations => {
        let machine = started()
        for (const next of operations) {
          const outcome = apply(machine, next)
          if (outcome.result !== 'OK' && outcome.machine.undefinedSince === null) expect(seen(outcome.machine)).toEqual(seen(machine))
          machine = outcome.machine
        }
      }),
      PARAMETERS,
    )
  })

  test('no reference count is ever negative, and only listed or forced livepatches are pinned', () => {
    fc.assert(
      fc.property(history(true), operations => {
        let machine = started()
        for (const next of operations) {
          machine = apply(machine, next).machine
          const listed = Object.keys(sysfsTree(machine))
          for (const [name, count] of Object.entries(loadedModules(machine))) {
            expect(['0', '1']).toContain(count)
            if (count === '1' && !machine.forced) expect(listed).toContain(name)
          }
          for (const name of listed) expect(loadedModules(machine)[name]).toBe('1')
        }
      }),
      PARAMETERS,
    )
  })

  test('a machine handed in stays as it is, and the same history always ends the same', () => {
    fc.assert(
      fc.property(history(true), operations => {
        const start = started()
        const before = structuredClone(start)
        expect(machineAfter(start, ...operations)).toEqual(machineAfter(start, ...operations))
        expect(start).toEqual(before)
      }),
      { numRuns: 100 },
    )
  })

  test('disabling and unloading everything leaves the machine as it was at the start', () => {
    fc.assert(
      fc.property(history(false), operations => {
        const used = machineAfter(started(), ...operations)
        fc.pre(used.undefinedSince === null)
        const awake = machineAfter(used, ...[...used.modules.keys()].map(release), wait(40))
        const settled = NAMES.reduce(machine => machineAfter(machine, ...NAMES.map(disable), wait(40)), awake)
        const left = machineAfter(settled, ...[...NAMES, ...MODULES].map(unload))
        fc.pre(left.undefinedSince === null)
        expect({ patches: left.patches, hooks: left.hooks, transition: left.transition, modules: loadedModules(left) }).toEqual({
          patches: [],
          hooks: [],
          transition: null,
          modules: {},
        })
      }),
      PARAMETERS,
    )
  })

  test('a cumulative livepatch leaves exactly its own functions patched', () => {
    fc.assert(
      fc.property(history(false), image('last'), (operations, last) => {
        const before = machineAfter(started(), ...operations)
        const machine = machineAfter(before, load({ ...last, replace: true }), wait(40))
        fc.pre(machine.transition === null && machine.patches.some(patch => patch.name === 'last'))
        expect(machine.patches.map(patch => patch.name)).toEqual(['last'])
        for (const name of [null, ...MODULES])
          for (const { name: known } of [func('f0'), func('f1'), func('block'), func('iblock'), func('f2')]) {
            if (name !== null && !machine.modules.has(name)) continue
            const own = last.objects.some(one => one.name === name && one.functions.some(f => f.name === known))
            expect(implementationOf(machine, name, known)).toBe(own ? 'last' : 'orig')
          }
      }),
      PARAMETERS,
    )
  })

  /** A report does not say which functions a module has, so all are assumed. */
  const withoutSymbols = images.map(modules =>
    modules.map((module): ModuleImage => (module.kind === 'target' ? { kind: 'target', name: module.name } : module)),
  )

  test('a machine rebuilt from its report shows the same and answers the same', () => {
    fc.assert(
      fc.property(
        withoutSymbols.chain(modules =>
          fc.tuple(fc.constant(modules), fc.array(operation(modules), { maxLength: 20 }), operation(modules)),
        ),
        ([modules, operations, next]) => {
          const real = machineAfter(started(), ...operations)
          fc.pre(real.transition === null && real.undefinedSince === null && real.tasks.every(task => task.sleep === null))
          const known = new Map(modules.flatMap(module => (module.kind === 'livepatch' ? [[module.name, module] as const] : [])))
          const { machine, unknown } = machineOf(stackOf(real), known)
          expect(unknown).toEqual([])
          expect([sysfsTree(machine), loadedModules(machine)]).toEqual([sysfsTree(real), loadedModules(real)])
          fc.pre(next.op === 'unload' || next.op === 'enabled' || (next.op === 'load' && next.module.kind === 'livepatch'))
          const [expected, got] = [apply(real, next), apply(machine, next)]
          expect([got.result, got.callbacks]).toEqual([expected.result, expected.callbacks])
        },
      ),
      { numRuns: 200 },
    )
  })
})
