import { describe, expect, test } from '@jest/globals'
import { apply, explain, implementationOf, loadedModules, machineOf, stackOf, sysfsTree } from '../../shared/kernel/index.ts'
import {
  call,
  disable,
  enable,
  force,
  func,
  lastOf,
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

const sleeping = func('f0', { sleeps: 'uninterruptible' })
const p = livepatch('p', [object('m', [sleeping])])
const blocking = livepatch('q', [object('m', ['block'])])
const patching = machineAfter(started(), load(target('m')), call('s', 'm', 'block'), load(blocking))
const unpatching = machineAfter(started(), load(target('m')), load(p), call('s', 'm', 'f0'), disable('p'))

describe('a task that starts in mid-transition', () => {
  test.each([
    ['patching', patching, 1],
    ['unpatching', unpatching, 0],
  ] as const)('(%s) is on the new side at once', (_direction, machine, patchState) => {
    const after = machineAfter(machine, call('t', 'm', 'iblock'))
    expect(after.tasks[1]).toMatchObject({ id: 't', patchState, pending: false, kthread: false, doomed: false })
  })

  test('reaches what its parent reaches', () => {
    const fork = { op: 'spawn', task: { id: 't', object: 'm', function: 'block', parent: 's' } } as const
    expect(machineAfter(patching, fork).tasks[1]).toMatchObject({ patchState: 0, pending: true, stack: [{ by: 'orig' }] })
  })

  test('reaches the original where the livepatch is on its way out, and so does a new call', () => {
    expect(implementationOf(unpatching, 'm', 'f0')).toBe('orig')
    expect(implementationOf(unpatching, 'm', 'f0', { state: 1 })).toBe('p')
    expect(implementationOf(machineAfter(unpatching, call('t', 'm', 'f0')), 'm', 'f0', { sympos: '1', state: 1 })).toBe('p')
  })

  test('whose function is not there has no code to reach', () => {
    expect([implementationOf(started(), 'no', 'f'), implementationOf(started(), null, 'f')]).toEqual(['ENOENT', 'orig'])
  })

  test('and is woken by livepatching goes to sleep again on the new side', () => {
    const both = livepatch('b', [object('m', ['block', 'iblock'])])
    const calls = [call('u', 'm', 'block'), call('i', 'm', 'iblock')]
    const woken = machineAfter(started(), load(target('m')), ...calls, load(both), wait(3))
    expect(woken.tasks[1]).toMatchObject({ patchState: 0, pending: true })
    expect(machineAfter(woken, wait(16)).tasks[1]).toMatchObject({ patchState: 1, pending: false })
  })

  test('calls into a module that is not there', () => {
    expect(machineAfter(patching, call('t', 'no', 'f0')).tasks[1]?.end).toEqual({ error: 'ENOENT' })
  })
})

describe('a task outside a transition', () => {
  test('is on no side, and nobody waits for it', () => {
    const done = machineAfter(unpatching, call('t', 'm', 'block'), release('p'), wait(3))
    expect(done).toMatchObject({ transition: null, kthreadd: -1, tasks: [{ id: 's' }, { patchState: -1, pending: false }] })
  })

  test('stays asleep on the new side when another one is forced', () => {
    const forced = machineAfter(unpatching, call('t', 'm', 'block'), force('p'))
    expect(forced.tasks.map(({ patchState, pending }) => [patchState, pending])).toEqual([
      [0, false],
      [0, false],
    ])
  })
})

describe('the exit of a module', () => {
  test('never returns while a task sleeps in a replacement of one of its functions', () => {
    const { result, machine } = lastOf(started(), load(target('m')), load(p), call('s', 'm', 'f0'), unload('m'))
    expect([result, machine.modules.has('m')]).toEqual(['EDEADLK', true])
    expect(machine.undefinedSince).toBe('rmmod of m does not return: s sleeps in a replacement of one of its functions')
  })

  test('leaves a machine that is defined', () => {
    expect(machineAfter(started(), load(target('m')), call('s', 'm', 'block'), unload('m')).undefinedSince).toBeNull()
  })

  test('waits for no task of another module', () => {
    const n = livepatch('n', [object('n', [sleeping])])
    expect(lastOf(started(), load(target('m')), load(target('n')), load(n), call('s', 'n', 'f0'), unload('m')).result).toBe('OK')
  })

  test.each([
    [['ab', 'aa'], 'aa'],
    [['aa', 'ab'], 'aa'],
    [['b', 'aa'], 'b'],
    [['aa', 'b'], 'b'],
  ])('with readers in %j makes only those of %s fail', (names, failing) => {
    const symbols = new Map(names.map(name => [name, { occurrences: 1, sleeps: 'uninterruptible' }] as const))
    const calls = names.map(name => call(name, 'm', name))
    const { tasks } = machineAfter(started(), load(target('m', { symbols })), ...calls, unload('m'))
    const failed = tasks.filter(({ end }) => end !== null && 'error' in end && end.error === 'EIO')
    expect([tasks.every(({ end }) => end !== null), failed.map(({ id }) => id)]).toEqual([true, [failing]])
  })

  test('lets all its readers finish where it waits for its own thread', () => {
    const { tasks } = machineAfter(started(), load(target('m', { kthread: ['block'] })), call('s', 'm', 'iblock'), unload('m'))
    expect(tasks).toMatchObject([{ id: 's', end: { by: 'orig' } }])
  })
})

describe('a module with a kernel thread', () => {
  test('that enters no function has no thread', () => {
    expect(machineAfter(started(), load(target('m', { kthread: [] }))).tasks).toEqual([])
  })

  test('has it on the side of kthreadd', () => {
    const stuck = machineAfter(patching, load(target('n', { kthread: ['f1', 'block'] })))
    expect(stuck.tasks[1]).toMatchObject({
      id: 'kthread/n',
      patchState: 1,
      pending: false,
      base: [{ object: 'n', key: 'f1,1', by: 'orig' }],
    })
  })
})

describe('what is undefined', () => {
  test.each([
    ['nothing after a livepatch that enables itself', {}, false],
    ['a livepatch whose init fails after enabling', { initResult: -1 }, true],
    ['not one whose init answers a positive number', { initResult: 1 }, false],
    ['not one whose init fails without enabling', { initResult: -1, enables: false }, false],
  ])('%s', (_what, more, isUndefined) => {
    expect(machineAfter(started(), load(livepatch('u', [], more))).undefinedSince !== null).toBe(isUndefined)
  })
})

describe('arguments of klp_enable_patch', () => {
  const broken = [object('m', [], { withoutArray: true })]

  test.each([
    ['5.15.0', false, true],
    ['6.1.0', false, false],
    ['5.15.0', true, false],
    ['6.1.0', true, false],
  ])('on %s, marked %s, without functions: the mark is complained about: %s', (version, marked, complains) => {
    const { result, log } = lastOf(started(version), load(livepatch('b', broken, { marked })))
    expect([result, log.some(line => line.includes('not marked'))]).toEqual(['EINVAL', complains])
  })

  test('end at the first object of vmlinux without functions, and at the first state 0', () => {
    const ending = [object(null, ['f']), object(null, [], { withoutArray: true }), object('m', ['f0'])]
    const states = ['3', '0', '4'].map(id => ({ id, version: 1 }))
    const [listed] = machineAfter(started(), load(livepatch('e', ending, { states }))).patches
    expect([listed?.objects.map(({ name }) => name), listed?.image.states.map(({ id }) => id)]).toEqual([[null], ['3']])
  })

  test('of a livepatch that fails leave no reference', () => {
    const failing = livepatch('x', [object(null, ['f'], { callbacks: { pre_patch: -5 } })])
    const { result, machine } = lastOf(started(), load(failing))
    expect([result, loadedModules(machine), machine.patches]).toEqual(['EIO', {}, []])
  })
})

describe('a listed livepatch that is disabled', () => {
  const stack = { ...stackOf(machineAfter(started(), load(p))) }
  const livepatches = stack.livepatches.map(entry => ({ ...entry, enabled: false }))
  const { machine } = machineOf({ ...stack, livepatches }, new Map([['p', p]]))

  test('cannot be enabled', () => {
    const { result, machine: after } = apply(machine, enable('p'))
    expect([result, sysfsTree(after)]).toEqual(['EINVAL', sysfsTree(machine)])
  })
})

describe('explain', () => {
  test('says which code is about to be replaced', () => {
    expect(explain(patching)?.blockers[0]?.because).toBe('task s sleeps in the original block of m, which is about to be replaced')
  })

  test('counts tries until sleepers are woken', () => {
    const stuck = machineAfter(started(), load(target('m')), call('s', 'm', 'iblock'), load(livepatch('i', [object('m', ['iblock'])])))
    const about = (machine: Parameters<typeof explain>[0]) => explain(machine)?.blockers[0]?.until[1]?.match(/\d+/)?.[0]
    expect([0, 2, 15].map(seconds => about(machineAfter(stuck, wait(seconds))))).toEqual(['15', '14', '1'])
    const reversed = machineAfter(stuck, { op: 'enabled', patch: 'i', value: 0 })
    expect([reversed.transition?.tries, explain(reversed)?.blockers]).toEqual([0, []])
    const again = machineAfter(reversed, { op: 'enabled', patch: 'i', value: 1 })
    expect([again.transition?.tries, about(again)]).toEqual([0, '16'])
  })

  test('leaves out who has switched or come back', () => {
    const machine = machineAfter(patching, call('t', 'm', 'block'), call('u', 'm', 'f1'))
    expect(explain(machine)?.blockers.map(({ task }) => task)).toEqual(['s'])
  })

  test('says where to look when the machine is known from a report', () => {
    const { machine } = machineOf(stackOf(patching), new Map([['q', blocking]]))
    expect(explain(machine)?.blockers).toEqual([
      {
        task: 'unreported',
        kthread: false,
        reason: 'not-reported',
        frames: [],
        because: 'the machine was rebuilt from a report, which does not say whom the transition waits for',
        until: ['look at /proc/*/patch_state and /proc/*/stack on the host'],
      },
    ])
  })

  test('says that the kernel reads past the end, in words', () => {
    const lower = livepatch('lower', [object('m', ['f0', func('f1', { sleeps: 'uninterruptible' })])])
    const upper = livepatch('upper', [object('m', ['f0'])])
    const steps = [load(target('m')), load(lower), call('s', 'm', 'f1'), load(upper), disable('lower'), enable('lower')]
    expect(explain(machineAfter(started(), ...steps))?.blockers).toMatchObject([
      {
        task: null,
        kthread: true,
        frames: [],
        because: expect.stringContaining('disabling lower was reversed'),
        until: [expect.stringContaining('disabled again')],
      },
    ])
  })

  test('names nobody between force and the retry that ends the transition', () => {
    expect(explain(machineAfter(unpatching, force('p')))).toMatchObject({ livepatch: 'p', blockers: [] })
  })

  test('says that a task in freed code is lost', () => {
    const pinned = machineAfter(unpatching, force('p'))
    const freed = {
      ...pinned,
      modules: new Map(pinned.modules),
      tasks: pinned.tasks.map(task => ({ ...task, patchState: 1, stack: 'unreliable' }) as const),
    }
    expect(explain(freed)?.blockers).toMatchObject([
      {
        kthread: false,
        reason: 'stack-unreliable',
        frames: [],
        because: 'it sleeps in the code of a livepatch that was unloaded after a forced transition',
        until: ['only force ends the transition; the task itself is lost'],
      },
    ])
  })
})

describe('a deadly signal', () => {
  test('kills an interruptible sleeper at once, and another one when it comes back', () => {
    const kill = (task: string) => ({ op: 'signal', task, deadly: true }) as const
    const asleep = machineAfter(started(), load(target('m')), call('i', 'm', 'iblock'), call('u', 'm', 'block'), kill('i'), kill('u'))
    expect(asleep.tasks).toMatchObject([
      { end: { killed: true }, sleep: null, stack: [] },
      { end: null, doomed: true },
    ])
    expect(machineAfter(asleep, release('m')).tasks[1]).toMatchObject({ end: { killed: true }, pending: false })
  })

  test('does nothing to a kernel thread, nor a task that has come back', () => {
    const machine = machineAfter(started(), load(target('m', { kthread: ['iblock'] })), call('t', 'm', 'f0'))
    for (const task of ['kthread/m', 't']) expect(machineAfter(machine, { op: 'signal', task, deadly: true }).tasks).toEqual(machine.tasks)
  })
})
