import { describe, expect, test } from '@jest/globals'
import { apply, explain, implementationOf, loadedModules, machineOf, Stack, stackOf, sysfsTree } from '../../shared/kernel/index.ts'
import { call, disable, force, func, livepatch, load, machineAfter, object, release, started, target, unload, wait } from './world.ts'

const a = livepatch('a', [object(null, ['f']), object('m', ['f0'])])
const b = livepatch('b', [object(null, ['g'])])
const c = livepatch('c', [object('m', ['block'])], { replace: true })
const images = new Map([a, b, c].map(image => [image.name, image] as const))
const DIGEST = 'd'.repeat(64)

describe('stackOf', () => {
  test('lists livepatches by age, resident modules and targets by name', () => {
    const machine = machineAfter(started(), load(target('m')), load(b), load(a), disable('b'))
    expect(stackOf(machine, new Map([['a', DIGEST]]))).toEqual({
      kernelRelease: '6.1.0-50-amd64',
      livepatches: [{ name: 'a', digest: DIGEST, enabled: true, transition: false }],
      resident: [{ name: 'b', digest: null, refcnt: 0 }],
      targets: ['m'],
      forced: false,
    })
  })

  test('is a report by the schema', () => {
    expect(Stack.safeParse(stackOf(machineAfter(started(), load(a)))).success).toBe(true)
  })

  test.each([
    ['a release without a name', { kernelRelease: '' }],
    ['a release of 65 characters', { kernelRelease: 'x'.repeat(65) }],
    ['a digest that is none', { livepatches: [{ name: 'a', digest: 'D'.repeat(64), enabled: true, transition: false }] }],
    ['a name of 56 characters', { livepatches: [{ name: 'x'.repeat(56), digest: null, enabled: true, transition: false }] }],
    ['a negative reference count', { resident: [{ name: 'a', digest: null, refcnt: -1 }] }],
    ['a target of 56 characters', { targets: ['x'.repeat(56)] }],
    ['65 livepatches', { livepatches: Array.from({ length: 65 }, () => ({ name: 'a', digest: null, enabled: true, transition: false })) }],
    ['257 residents', { resident: Array.from({ length: 257 }, () => ({ name: 'a', digest: null, refcnt: 0 })) }],
    ['4097 targets', { targets: Array.from({ length: 4097 }, () => 'm') }],
  ])('%s is no report', (_what, change) => {
    expect(Stack.safeParse({ ...stackOf(started()), ...change }).success).toBe(false)
  })

  test('lists modules by name, in whichever order they came', () => {
    const idle = (name: string) => load(livepatch(name, [], { enables: false }))
    const came = ['b', 'c', 'a'].flatMap(name => [idle(name), load(target(`m${name}`))])
    const { resident, targets } = stackOf(machineAfter(started(), ...came))
    expect([resident.map(({ name }) => name), targets]).toEqual([
      ['a', 'b', 'c'],
      ['ma', 'mb', 'mc'],
    ])
  })

  test('tells that a transition was forced', () => {
    const machine = machineAfter(started(), load(target('m')), call('s', 'm', 'block'), load(c), force('c'), wait(2))
    expect(stackOf(machine).forced).toBe(true)
  })
})

describe('machineOf', () => {
  const real = machineAfter(started(), load(target('m')), load(a), load(b))

  test('rebuilds a machine that answers as the reported one', () => {
    const { machine, unknown } = machineOf(stackOf(real), images)
    expect(unknown).toEqual([])
    expect(sysfsTree(machine)).toEqual(sysfsTree(real))
    expect(implementationOf(machine, 'm', 'f0')).toBe('a')
    for (const next of [load(c), disable('a'), unload('a'), unload('m')]) {
      const [expected, got] = [apply(real, next), apply(machine, next)]
      expect([got.result, got.log, got.callbacks]).toEqual([expected.result, expected.log, expected.callbacks])
    }
  })

  test('names a livepatch that nobody knows, and lists it without objects', () => {
    const { machine, unknown } = machineOf(stackOf(real), new Map([['b', b]]))
    expect(unknown).toEqual(['what the livepatch a patches and which callbacks and states it has'])
    expect(sysfsTree(machine).a).toMatchObject({ enabled: '1', objects: {} })
  })

  test('names what a report cannot tell about an open transition, which then does not end by itself', () => {
    const open = machineAfter(real, call('s', 'm', 'block'), load(c))
    const { machine, unknown } = machineOf(stackOf(open), images)
    expect(unknown).toEqual(['which tasks keep the transition of c from ending', 'how often that transition was tried'])
    expect(sysfsTree(machine)).toEqual(sysfsTree(open))
    expect(machineAfter(machine, wait(60)).transition).not.toBeNull()
    expect(explain(machine)?.blockers[0]).toMatchObject({ reason: 'not-reported' })
    expect(machineAfter(machine, force('c'), wait(2)).transition).toBeNull()
  })

  test('keeps a livepatch that a forced transition pinned, and names that others may be', () => {
    const sleepy = livepatch('p', [object('m', [func('f0', { sleeps: 'uninterruptible' })])])
    const forced = machineAfter(started(), load(target('m')), load(sleepy), call('s', 'm', 'f0'), disable('p'), force('p'), wait(2))
    const { machine, unknown } = machineOf(stackOf(machineAfter(forced, release('p'), load(b))), new Map([...images, ['p', sleepy]]))
    expect(apply(machine, unload('p')).result).toBe('EAGAIN')
    expect(unknown).toEqual(['which of the livepatches b are pinned by the forced transition'])
  })

  test.each([
    ['patching', load(c), { patchState: 0 }, 1],
    ['unpatching', disable('p'), { patchState: 1 }, 0],
  ] as const)('an open transition (%s) waits for one task that is still on the other side', (direction, opening, side, target_) => {
    const p = livepatch('p', [object('m', [func('f0', { sleeps: 'uninterruptible' })])])
    const open = machineAfter(started(), load(target('m')), load(p), call('s', 'm', 'f0'), call('t', 'm', 'block'), opening)
    const { machine } = machineOf(stackOf(open), new Map([...images, ['p', p]]))
    expect(machine).toMatchObject({
      transition: { direction, tries: 1 },
      tasks: [{ id: 'unreported', kthread: false, module: null, ...side, pending: true, doomed: false, end: null, stack: 'unknown' }],
      kthreadd: target_,
      retryAtMs: 1000,
      tainted: true,
    })
    expect(sysfsTree(machine)).toEqual(sysfsTree(open))
  })

  test('holds one reference to each listed livepatch and the reported ones to resident modules, and names those that nobody knows', () => {
    const machine = machineAfter(started(), load(target('m')), load(b), load(a), disable('b'))
    const known = machineOf(stackOf(machine), images)
    expect([loadedModules(known.machine), known.unknown]).toEqual([{ a: '1', b: '0', m: '0' }, []])
    expect(machineOf(stackOf(machine), new Map([['a', a]])).unknown).toEqual(['what the resident livepatch b is'])
  })

  test('an empty report is an untainted machine of that release on which nothing was forced', () => {
    const { machine, unknown } = machineOf(stackOf(started('6.12.0')), new Map())
    expect([machine, unknown]).toEqual([started('6.12.0'), []])
  })

  test('what a report says of a forced transition matters only to listed livepatches', () => {
    const stack = { ...stackOf(machineAfter(started(), load(target('m')))), forced: true }
    expect(machineOf(stack, new Map())).toMatchObject({ unknown: [], machine: { forced: true } })
  })
})
