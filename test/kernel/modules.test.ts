import { describe, expect, test } from '@jest/globals'
import { apply, loadedModules } from '../../shared/kernel/index.ts'
import { disable, lastOf, livepatch, load, machineAfter, object, outcomes, started, target, unload } from './world.ts'

const lines = (release: string, ...operations: Parameters<typeof outcomes>[1][]): readonly string[] =>
  outcomes(started(release), ...operations).flatMap(({ log }) => log)

describe('the init of a module', () => {
  test.each([
    [
      '6.1.0',
      ["do_init_module: 't'->init suspiciously returned 5, it should follow 0/-E convention", 'do_init_module: loading module anyway...'],
    ],
    ['7.2.13', ['t: init suspiciously returned 5, it should follow 0/-E convention']],
  ])('that returns a positive number is complained about on %s, and the module stays', (release, log) => {
    const outcome = lastOf(started(release), load(target('t', { initResult: 5 })))
    expect([outcome.result, outcome.log, loadedModules(outcome.machine)]).toEqual(['OK', log, { t: '0' }])
  })

  test.each([
    ['6.1.0', 'EEXIST', []],
    ['7.2.13', 'EBUSY', ['t: init suspiciously returned -EEXIST: Overriding with -EBUSY']],
  ])('that returns EEXIST makes the load on %s answer %s', (release, result, log) => {
    const outcome = lastOf(started(release), load(target('t', { initResult: -17 })))
    expect([outcome.result, outcome.log, loadedModules(outcome.machine)]).toEqual([result, log, {}])
  })

  test('that fails reverts what livepatches did to the module', () => {
    const { result, callbacks } = lastOf(started(), load(livepatch('p', [object('t', ['f0'])])), load(target('t', { initResult: -12 })))
    expect(result).toBe('ENOMEM')
    expect(callbacks.map(({ callback }) => callback)).toEqual(['pre_patch', 'post_patch', 'pre_unpatch', 'post_unpatch'])
  })
})

describe('the taint of livepatching', () => {
  const p = livepatch('t', [])

  test.each(['6.1.0', '6.12.0', '7.2.13'])('is told once since boot on %s', release => {
    const told = lines(release, load(livepatch('a', [])), load(livepatch('b', []))).filter(line => line.includes('TAINT'))
    expect(told).toEqual(['a: tainting kernel with TAINT_LIVEPATCH'])
  })

  test.each([
    ['6.1.0', true],
    ['6.12.0', false],
  ])('is left on %s by a livepatch that is refused for its name: %s', (release, tainted) => {
    expect(machineAfter(started(release), load(target('t')), load(p)).tainted).toBe(tainted)
  })

  test('is not left by a module without the mark', () => {
    expect(machineAfter(started(), load(livepatch('a', [], { marked: false }))).tainted).toBe(false)
  })
})

describe('a module that several livepatches patch', () => {
  const first = livepatch('first', [object('m', ['f0'])])
  const failing = livepatch('failing', [object('m', ['f1'], { callbacks: { pre_patch: -19, post_unpatch: true } })])
  const last = livepatch('last', [object('m', ['f0'])])
  const machine = machineAfter(started(), load(first), load(failing), load(last))

  test('is refused when one of them refuses it; the older ones are reverted, the newer ones never see it', () => {
    const outcome = apply(machine, load(target('m')))
    expect(outcome.result).toBe('ENODEV')
    expect(outcome.callbacks.map(({ livepatch, callback }) => `${livepatch} ${callback}`)).toEqual([
      'first pre_patch',
      'first post_patch',
      'failing pre_patch',
      'first pre_unpatch',
      'first post_unpatch',
    ])
    expect(outcome.machine.patches).toEqual(machine.patches)
  })

  test('is loaded once the refusing one is gone, oldest livepatch first', () => {
    const outcome = lastOf(machine, disable('failing'), load(target('m')))
    expect(outcome.callbacks.map(({ livepatch }) => livepatch)).toEqual(['first', 'first', 'last', 'last'])
  })

  test('may be unloaded at any time', () => {
    const outcome = lastOf(machine, disable('failing'), load(target('m')), unload('m'))
    expect([outcome.result, outcome.machine.hooks]).toEqual(['OK', []])
  })

  test('called vmlinux is refused', () => {
    expect(lastOf(started(), load(target('vmlinux')))).toMatchObject({
      result: 'EINVAL',
      log: ['livepatch: vmlinux.ko: invalid module name'],
    })
  })
})
