import { describe, expect, test } from '@jest/globals'
import { apply, implementationOf, loadedModules, sysfsTree } from '../../shared/kernel/index.ts'
import { call, disable, func, livepatch, load, machineAfter, object, outcomes, release, started, target, unload, wait } from './world.ts'

const old = livepatch('old', [object(null, ['f', 'g']), object('n', ['f0'])])
const cumulative = livepatch('new', [object(null, ['f', 'h']), object('m', ['block'])], { replace: true })

describe('a cumulative livepatch', () => {
  const done = machineAfter(started(), load(target('m')), load(old), load(cumulative))
  const open = machineAfter(started(), load(target('m')), load(old), call('s', 'm', 'block'), load(cumulative))

  test('takes the place of the others: their functions are original again, their modules free, their callbacks silent', () => {
    const { callbacks } = outcomes(started(), load(target('m')), load(old), load(cumulative))[2] ?? { callbacks: [] }
    expect([...new Set(callbacks.map(({ livepatch }) => livepatch))]).toEqual(['new'])
    expect(['f', 'g', 'h'].map(name => implementationOf(done, null, name))).toEqual(['new', 'orig', 'new'])
    expect(loadedModules(done)).toEqual({ m: '0', new: '1', old: '0' })
    expect(done.hooks).toEqual([
      { object: null, key: 'f,1' },
      { object: null, key: 'h,1' },
      { object: 'm', key: 'block,1' },
    ])
  })

  test('shows its nops and dynamic objects only while it replaces', () => {
    expect(Object.entries(sysfsTree(open).new?.objects ?? {}).map(([name, { funcs }]) => [name, funcs])).toEqual([
      ['m', ['block,1']],
      ['n', ['f0,1']],
      ['vmlinux', ['f,1', 'g,1', 'h,1']],
    ])
    expect(Object.keys(sysfsTree(done).new?.objects ?? {})).toEqual(['m', 'vmlinux'])
  })

  test('leads switched tasks to the original where it has a nop, and the others to the livepatch below', () => {
    expect(implementationOf(open, null, 'g', { state: 1 })).toBe('orig')
    expect(implementationOf(open, null, 'g', { state: 0 })).toBe('old')
  })

  test('leaves the others untouched when it is reversed', () => {
    const back = machineAfter(open, disable('new'), wait(2))
    expect(back.patches.map(({ name, enabled }) => [name, enabled])).toEqual([['old', true]])
    expect(implementationOf(back, null, 'g')).toBe('old')
  })

  test('does not bring the others back when it is disabled', () => {
    expect(implementationOf(machineAfter(done, disable('new')), null, 'f')).toBe('orig')
  })

  test('treats position 0 and position 1 as the same function', () => {
    const one = livepatch('new', [object(null, [func('f', { sympos: '1' })])], { replace: true })
    expect(apply(machineAfter(started(), load(livepatch('p', [object(null, ['f'])]))), load(one)).result).toBe('OK')
  })

  test('lets a replaced livepatch be unloaded and loaded again on top', () => {
    expect(outcomes(done, unload('old'), load(old)).map(({ result }) => result)).toEqual(['OK', 'OK'])
  })
})

describe('a task that is forked in the middle of a transition', () => {
  const sleepy = livepatch('p', [object('m', ['block', func('f0', { sleeps: 'uninterruptible' })])])
  const open = machineAfter(started(), load(target('m')), call('parent', 'm', 'block'), load(sleepy))
  const fork = (parent?: string) =>
    machineAfter(open, { op: 'spawn', task: { id: 'child', object: 'm', function: 'block', ...(parent !== undefined && { parent }) } })

  test('takes the state of its parent, and so reaches the same code', () => {
    expect(fork('parent').tasks[1]).toMatchObject({ patchState: 0, pending: true, end: null })
    expect(fork().tasks[1]).toMatchObject({ patchState: 1, pending: false, end: { by: 'p' } })
  })

  test('is one more task to wait for', () => {
    const both = machineAfter(fork('parent'), release('m'), wait(2))
    expect(both.transition).toBeNull()
    expect(machineAfter(fork('parent'), wait(20)).transition).not.toBeNull()
  })
})
