import { describe, expect, test } from '@jest/globals'
import { apply, explain, implementationOf, loadedModules, sysfsTree } from '../../shared/kernel/index.ts'
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
  outcomes,
  release,
  started,
  target,
  unload,
  wait,
} from './world.ts'

const p = livepatch('p', [object(null, ['f']), object('m', ['block', 'f0'])])
const stalledEnable = machineAfter(started(), load(target('m')), call('sleeper', 'm', 'block'), load(p))
const sleepy = livepatch('p', [object(null, ['f']), object('m', [func('f0', { sleeps: 'uninterruptible' })])])
const stalledDisable = machineAfter(started(), load(target('m')), load(sleepy), call('sleeper', 'm', 'f0'), disable('p'))

const names = (callbacks: readonly { readonly object: string | null; readonly callback: string }[]): string[] =>
  callbacks.map(({ object, callback }) => `${object ?? 'vmlinux'} ${callback}`)

describe('a transition', () => {
  test('ends at once where nobody is in the way', () => {
    const { log } = lastOf(started(), load(livepatch('p', [object(null, ['f'])])))
    expect(log.slice(-2)).toEqual(["livepatch: 'p': completing patching transition", "livepatch: 'p': patching complete"])
  })

  test('waits for a task that sleeps in a function about to be replaced', () => {
    expect(sysfsTree(stalledEnable).p).toMatchObject({ enabled: '1', transition: '1' })
    expect(sysfsTree(machineAfter(stalledEnable, wait(60))).p?.transition).toBe('1')
  })

  test('ends in a retry after that task has come back', () => {
    const [woken, later] = outcomes(stalledEnable, release('m'), wait(2))
    expect(woken?.machine.transition).not.toBeNull()
    expect(names(later?.callbacks ?? [])).toEqual(['vmlinux post_patch', 'm post_patch'])
    expect(later?.machine.transition).toBeNull()
  })

  test('leads new calls to the new code and unswitched tasks to the old', () => {
    expect(implementationOf(stalledEnable, null, 'f')).toBe('p')
    expect(implementationOf(stalledEnable, null, 'f', { state: 0 })).toBe('orig')
  })

  test('that is reversed while enabling runs post_unpatch only', () => {
    const [turned, ended] = outcomes(stalledEnable, disable('p'), wait(2))
    expect(turned?.log).toEqual([
      "livepatch: 'p': reversing transition from patching to unpatching",
      "livepatch: 'p': starting unpatching transition",
    ])
    expect(names(ended?.callbacks ?? [])).toEqual(['vmlinux post_unpatch', 'm post_unpatch'])
    expect(loadedModules(ended?.machine ?? stalledEnable).p).toBe('0')
  })

  test('that is reversed while disabling runs post_patch a second time', () => {
    const [, ended] = outcomes(stalledDisable, enable('p'), wait(2))
    expect(names(ended?.callbacks ?? [])).toEqual(['vmlinux post_patch', 'm post_patch'])
    expect(sysfsTree(ended?.machine ?? stalledDisable).p).toMatchObject({ enabled: '1', transition: '0' })
  })

  test('wakes interruptible sleepers in the sixteenth try, who call again and reach the new code', () => {
    const start = machineAfter(
      started(),
      load(target('m')),
      call('sleeper', 'm', 'iblock'),
      load(livepatch('p', [object('m', ['iblock'])])),
    )
    const [before, at] = outcomes(start, wait(15), wait(2))
    expect(before?.machine.tasks[0]?.end).toBeNull()
    expect(at?.log[0]).toBe('livepatch: signaling remaining tasks')
    expect(at?.machine.tasks[0]?.end).toMatchObject({ by: 'p' })
    expect(at?.machine.transition).toBeNull()
  })
})

describe('force', () => {
  test('ends the transition in the next retry, not at once', () => {
    const [forced, later] = outcomes(stalledEnable, force('p'), wait(2))
    expect(forced?.machine.transition).not.toBeNull()
    expect(later?.machine.transition).toBeNull()
  })

  test('pins the livepatch that goes', () => {
    const machine = machineAfter(stalledDisable, force('p'), wait(2))
    expect(machine.patches).toEqual([])
    expect(apply(machine, unload('p')).result).toBe('EAGAIN')
  })

  test('pins nobody when a livepatch that is not cumulative is enabled', () => {
    const machine = machineAfter(stalledEnable, force('p'), wait(2), release('m'), disable('p'), wait(2))
    expect(apply(machine, unload('p')).result).toBe('OK')
  })

  test('pins every listed livepatch before 5.18', () => {
    const start = machineAfter(started('5.15.0'), load(target('m')), call('sleeper', 'm', 'block'), load(p), force('p'), wait(2))
    expect(apply(machineAfter(start, release('m'), disable('p'), wait(2)), unload('p')).result).toBe('EAGAIN')
  })

  test.each([
    ['0', 'OK'],
    ['1', 'EINVAL'],
    ['x', 'EINVAL'],
  ])('outside of a transition: %s answers %s', (value, result) => {
    const machine = machineAfter(started(), load(livepatch('q', [])))
    expect(apply(machine, { op: 'force', patch: 'q', value }).result).toBe(result)
  })
})

describe('a task that a forced transition left in the code of a livepatch', () => {
  const sleepy = (name: string) => livepatch(name, [object('m', [func('f0', { sleeps: 'uninterruptible' })])])
  const left = machineAfter(
    started(),
    load(target('m')),
    load(sleepy('p')),
    call('s', 'm', 'f0'),
    load(livepatch('q', [object('m', ['f0'])])),
    force('q'),
    wait(2),
  )
  const lost = machineAfter(left, load(livepatch('r', [object('m', ['f0'])], { replace: true })), unload('p'))

  test('is lost when a later replacement lets that module go', () => {
    expect(lost.undefinedSince).toBe('p was unloaded while s slept in its code')
  })

  test('blocks every later transition, because its stack cannot be told', () => {
    const open = machineAfter(lost, disable('r'))
    expect(explain(open)?.blockers[0]).toMatchObject({ task: 's', reason: 'stack-unreliable' })
    expect(machineAfter(open, release('p'), wait(40)).transition).not.toBeNull()
  })
})

describe('a module that comes in the middle of a transition', () => {
  const two = livepatch('p', [object('m', ['block']), object('n', ['f0'])])
  const open = machineAfter(started(), load(target('m')), call('sleeper', 'm', 'block'), load(two))

  test('gets its post_patch when the transition ends', () => {
    const [coming, , ended] = outcomes(open, load(target('n')), release('m'), wait(2))
    expect(names(coming?.callbacks ?? [])).toEqual(['n pre_patch'])
    expect(names(ended?.callbacks ?? [])).toEqual(['m post_patch', 'n post_patch'])
  })

  test('and goes again gets post_unpatch, but never pre_unpatch', () => {
    expect(names(lastOf(open, load(target('n')), unload('n')).callbacks)).toEqual(['n post_unpatch'])
  })
})

describe('explain', () => {
  test('nothing without a transition', () => {
    expect(explain(started())).toBeNull()
  })

  test('the task, the function, whose code it is, and the way out', () => {
    expect(explain(stalledDisable)).toEqual({
      livepatch: 'p',
      direction: 'unpatching',
      tries: 1,
      retryAtMs: 2000,
      forcePins: ['p'],
      blockers: [
        {
          task: 'sleeper',
          kthread: false,
          reason: 'sleeps-in-function',
          frames: [{ object: 'm', function: 'f0', by: 'p' }],
          because: "task sleeper sleeps in p's replacement of f0 of m, which is about to go",
          until: ['sleeper comes back from that function'],
        },
      ],
    })
  })

  test('tells when the kernel will interrupt a sleeper', () => {
    const machine = machineAfter(started(), load(target('m')), call('s', 'm', 'iblock'), load(livepatch('p', [object('m', ['iblock'])])))
    expect(explain(machine)?.blockers[0]?.until).toEqual([
      's comes back from that function',
      'the kernel interrupts its sleep, about 15 s from now',
    ])
    expect(explain(machineAfter(machine, wait(12)))?.blockers[0]?.until[1]).toContain('about 4 s')
  })

  test('names a kernel thread', () => {
    const machine = machineAfter(started(), load(target('m', { kthread: ['block'] })), load(p))
    expect(explain(machine)?.blockers[0]).toMatchObject({ task: 'kthread/m', kthread: true })
  })

  test('what force would pin when a cumulative livepatch replaces others', () => {
    const cumulative = livepatch('r', [object('m', ['block'])], { replace: true })
    const old = livepatch('o', [object(null, ['f'])])
    const machine = machineAfter(started(), load(target('m')), load(old), call('s', 'm', 'block'), load(cumulative))
    expect(explain(machine)?.forcePins).toEqual(['o'])
  })

  test('the reversed disable of a covered livepatch, which only force or another reversal ends', () => {
    const lower = livepatch('lower', [object('m', ['f0', func('f1', { sleeps: 'uninterruptible' })])])
    const upper = livepatch('upper', [object('m', ['f0'])])
    const stuck = machineAfter(
      started(),
      load(target('m')),
      load(lower),
      call('s', 'm', 'f1'),
      load(upper),
      disable('lower'),
      enable('lower'),
    )
    const woken = machineAfter(stuck, release('lower'), wait(40))
    expect(explain(woken)?.blockers[0]).toMatchObject({ task: null, reason: 'check-reads-past-end' })
    expect(machineAfter(woken, force('lower'), wait(2)).transition).toBeNull()
    expect(machineAfter(woken, disable('lower'), wait(2)).transition).toBeNull()
  })
})
