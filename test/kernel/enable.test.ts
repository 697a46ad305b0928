import { describe, expect, test } from '@jest/globals'
import { apply, loadedModules, sysfsTree } from '../../shared/kernel/index.ts'
import { call, disable, func, lastOf, livepatch, load, machineAfter, object, outcomes, started, target, unload } from './world.ts'

const simple = livepatch('a', [object(null, ['f'])])
const stalling = [load(target('m')), call('sleeper', 'm', 'block'), load(livepatch('s', [object('m', ['block'])]))]
const fresh = (...objects: Parameters<typeof object>[]) =>
  livepatch(
    'new',
    objects.map(args => object(...args)),
  )

describe('loading a livepatch is refused', () => {
  test.each([
    ['without the mark', livepatch('new', [], { marked: false }), 'EINVAL', ['livepatch: module new is not marked as a livepatch module']],
    ['with a module object that has no array of functions', fresh(['m', [], { withoutArray: true }]), 'EINVAL', []],
    [
      'with a missing function in a loaded object',
      fresh(['m', ['nope']]),
      'EINVAL',
      ["livepatch: symbol 'nope' not found in symbol table"],
    ],
    [
      'with a name that two functions have',
      fresh(['m', ['twice']]),
      'EINVAL',
      ["livepatch: unresolvable ambiguity for symbol 'twice' in object 'm'"],
    ],
    [
      'with a position that is too high',
      fresh(['m', [func('twice', { sympos: '3' })]]),
      'EINVAL',
      ["livepatch: symbol position 3 for symbol 'twice' in object 'm' not found"],
    ],
    ['with a function name of 512 characters', fresh([null, ['f'.repeat(512)]]), 'EINVAL', []],
    ['with a module name of 56 characters', fresh(['m'.repeat(56), ['f0']]), 'EINVAL', []],
    [
      'with a function twice, even as position 0 and 1',
      fresh(['m', ['f0', func('f0', { sympos: '1' })]]),
      'EEXIST',
      [
        "sysfs: cannot create duplicate filename '/kernel/livepatch/new/m/f0,1'",
        "kobject_add_internal failed for f0,1 with -EEXIST, don't try to register things with the same name in the same directory.",
      ],
    ],
    [
      'with an object twice',
      fresh([null, ['f']], [null, ['g']]),
      'EEXIST',
      [
        "sysfs: cannot create duplicate filename '/kernel/livepatch/new/vmlinux'",
        "kobject_add_internal failed for vmlinux with -EEXIST, don't try to register things with the same name in the same directory.",
      ],
    ],
  ])('%s', (_why, image, result, log) => {
    const machine = machineAfter(started(), load(target('m')), load(simple))
    const outcome = apply(machine, load(image))
    expect({ result: outcome.result, log: outcome.log }).toEqual({ result, log })
    expect(sysfsTree(outcome.machine)).toEqual(sysfsTree(machine))
    expect(loadedModules(outcome.machine)).toEqual(loadedModules(machine))
  })

  test('silently, while another transition is open', () => {
    const outcome = lastOf(started(), ...stalling, load(simple))
    expect([outcome.result, outcome.log.filter(line => !line.includes('taint'))]).toEqual(['EBUSY', []])
  })

  test('for a missing function even while another transition is open', () => {
    expect(lastOf(started(), ...stalling, load(fresh(['m', ['nope']]))).result).toBe('EINVAL')
  })

  test('while a module of its name is resident, even after it was disabled', () => {
    expect(
      outcomes(started(), load(simple), load(simple), disable('a'), load(simple), unload('a'), load(simple)).map(o => o.result),
    ).toEqual(['OK', 'EEXIST', 'OK', 'EEXIST', 'OK', 'OK'])
  })
})

test('the list of objects ends at vmlinux without an array of functions, the list of states at id 0', () => {
  const image = livepatch('p', [object('m', ['f0']), object(null, [], { withoutArray: true }), object('n', ['f0'])], {
    states: [
      { id: '1', version: 1 },
      { id: '0', version: 1 },
      { id: '2', version: 9 },
    ],
  })
  const machine = machineAfter(started(), load(image))
  expect(Object.keys(sysfsTree(machine).p?.objects ?? {})).toEqual(['m'])
  expect(apply(machine, load(livepatch('q', [], { replace: true, states: [{ id: '1', version: 1 }] }))).result).toBe('OK')
})

describe('system states', () => {
  const with1 = (version: number, replace: boolean) => livepatch('new', [], { replace, states: [{ id: '1', version }] })

  test.each([
    ['an older version', with1(1, true), 'EINVAL'],
    ['an older version, not cumulative', with1(1, false), 'EINVAL'],
    ['the same version', with1(2, true), 'OK'],
    ['a newer version', with1(3, false), 'OK'],
    ['cumulative and without the state', livepatch('new', [], { replace: true }), 'EINVAL'],
    ['not cumulative and without the state', livepatch('new', []), 'OK'],
  ])('over a livepatch with state 1 in version 2: %s', (_what, image, result) => {
    const old = livepatch('old', [], { states: [{ id: '1', version: 2 }] })
    expect(lastOf(started(), load(old), load(image)).result).toBe(result)
  })

  test('a callback sees the newest older version of its states', () => {
    const version = (name: string, number: number) => livepatch(name, [object(null, [])], { states: [{ id: '7', version: number }] })
    const { events } = lastOf(started(), load(version('a', 1)), load(version('b', 2)), load(version('c', 4)))
    const states = events.flatMap(event => (event.kind === 'callback' ? event.states : []))
    expect(states).toEqual([
      { id: '7', version: 4, previous: 2 },
      { id: '7', version: 4, previous: 2 },
    ])
  })
})

describe('a failing step of enabling undoes what was done', () => {
  const objects = (second: Parameters<typeof object>) => [object(null, ['f']), object(...second), object('n', ['f0'])]
  const start = machineAfter(started(), load(target('m')), load(target('n')))

  test('pre_patch: post_unpatch runs for the objects before it', () => {
    const { result, callbacks } = apply(
      start,
      load(livepatch('p', objects(['m', ['f0'], { callbacks: { pre_patch: -19, post_unpatch: true } }]))),
    )
    expect(result).toBe('ENODEV')
    expect(callbacks.map(({ object, callback }) => `${object} ${callback}`)).toEqual(['null pre_patch', 'm pre_patch', 'null post_unpatch'])
  })

  test('hooking: post_unpatch runs for that object as well', () => {
    const { result, callbacks, log } = apply(start, load(livepatch('p', objects(['m', ['hidden']]))))
    expect(result).toBe('EINVAL')
    expect(log).toContain("livepatch: failed to find location for function 'hidden'")
    expect(callbacks.map(({ object, callback }) => `${object} ${callback}`)).toEqual([
      'null pre_patch',
      'm pre_patch',
      'null post_unpatch',
      'm post_unpatch',
    ])
  })

  test('an init that fails after enabling leaves a machine whose behaviour is not defined', () => {
    const { machine } = apply(started(), load(livepatch('p', [object(null, ['f'])], { initResult: -5 })))
    expect(machine.undefinedSince).toContain('init of p failed')
  })
})
