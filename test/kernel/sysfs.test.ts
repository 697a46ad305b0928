import { describe, expect, test } from '@jest/globals'
import { apply, readAttribute, sysfsNode } from '../../shared/kernel/index.ts'
import { disable, livepatch, load, machineAfter, object, started, target } from './world.ts'

const p = livepatch('p', [object(null, ['f']), object('m', ['f0'])])
const machine = machineAfter(started('7.2.13'), load(target('m')), load(p))
const older = machineAfter(started('6.1.0'), load(target('m')), load(p))

describe('/sys/kernel/livepatch', () => {
  test.each([
    ['', '0755', undefined],
    ['p', '0755', undefined],
    ['p/enabled', '0644', '1'],
    ['p/force', '0200', undefined],
    ['p/transition', '0444', '0'],
    ['p/replace', '0444', '0'],
    ['p/stack_order', '0444', '1'],
    ['p/m', '0755', undefined],
    ['p/m/patched', '0444', '1'],
    ['p/vmlinux/f,1', '0755', undefined],
  ])('%s has mode %s', (path, mode, value) => {
    const node = sysfsNode(machine, path)
    expect(node).toMatchObject({ mode })
    expect('value' in node ? node.value : undefined).toBe(value)
  })

  test.each([
    ['p', 'EISDIR'],
    ['p/m', 'EISDIR'],
    ['p/m/f0,1', 'EISDIR'],
    ['p/transition', 'EACCES'],
    ['p/replace', 'EACCES'],
    ['p/m/patched', 'EACCES'],
    ['p/nope', 'ENOENT'],
    ['q/enabled', 'ENOENT'],
    ['p/enabled/x', 'ENOTDIR'],
    ['p/enabled', 'EINVAL'],
    ['p/force', 'EINVAL'],
  ])('writing 1 to %s answers %s', (path, result) => {
    expect(apply(machine, { op: 'write', path, value: '1' }).result).toBe(result)
  })

  test('reading force, a directory, or nothing fails', () => {
    expect(['p/force', 'p', 'p/nope'].map(path => readAttribute(machine, path))).toEqual([
      { error: 'EACCES' },
      { error: 'EISDIR' },
      { error: 'ENOENT' },
    ])
  })

  test('6.1 has no replace and no stack_order', () => {
    expect(['p/replace', 'p/stack_order'].map(path => readAttribute(older, path))).toEqual([{ error: 'ENOENT' }, { error: 'ENOENT' }])
  })

  test('the directory is gone when the livepatch has been disabled', () => {
    expect(readAttribute(machineAfter(machine, disable('p')), 'p/enabled')).toEqual({ error: 'ENOENT' })
  })

  test.each([
    ['0', '6.1', 'OK'],
    ['n', '6.1', 'OK'],
    ['Off', '6.1', 'OK'],
    ['0x1', '6.1', 'OK'],
    ['f', '6.1', 'OK'],
    ['f', '5.15', 'EINVAL'],
    ['d', '6.12', 'EINVAL'],
    ['disable', '7.2', 'OK'],
    ['', '6.1', 'OK'],
    [' 0', '6.1', 'EINVAL'],
    ['o', '6.1', 'EINVAL'],
    ['-1', '6.1', 'EINVAL'],
    ['y', '6.1', 'EINVAL'],
  ])('writing %j to enabled of an enabled livepatch on %s answers %s', (value, release, result) => {
    const start = machineAfter(started(`${release}.0`), load(livepatch('q', [])))
    const outcome = apply(start, { op: 'enabled', patch: 'q', value })
    expect(outcome.result).toBe(result)
    expect(outcome.machine.patches.length).toBe(result === 'OK' && value !== '' ? 0 : 1)
  })

  test.each([
    ['p/enabled', { value: '1' }],
    ['p/transition', { value: '0' }],
    ['p/m/patched', { value: '1' }],
    ['p/force', { error: 'EACCES' }],
    ['p/m', { error: 'EISDIR' }],
    ['p/nope', { error: 'ENOENT' }],
    ['p/enabled/x', { error: 'ENOTDIR' }],
  ])('reading %s answers %j', (path, answer) => {
    expect(readAttribute(machine, path)).toEqual(answer)
  })

  test.each([
    ['5.15.0', ['ENOENT', 'ENOENT', 'ENOENT']],
    ['6.1.0', ['1', 'ENOENT', 'ENOENT']],
    ['6.12.0', ['1', '0', 'ENOENT']],
    ['7.2.13', ['1', '0', '1']],
  ])('on %s patched, replace and stack_order read %j', (release, answers) => {
    const loaded = machineAfter(started(release), load(target('m')), load(p))
    const read = ['p/m/patched', 'p/replace', 'p/stack_order'].map(path => readAttribute(loaded, path))
    expect(read.map(answer => ('value' in answer ? answer.value : answer.error))).toEqual(answers)
  })
})
