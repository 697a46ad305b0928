import { describe, expect, test } from '@jest/globals'
import { loadTime, unloadTime } from '../../shared/kernel/scenario/scenario-time.ts'
import { call, func, livepatch, load, machineAfter, object, started, target } from './world.ts'

const RELEASES = ['6.1.0', '6.12.0', '7.2.13'] as const

/** Two functions of vmlinux, one of a module that is there, one of a module that is not. */
const wide = livepatch('wide', [object(null, ['f', 'g']), object('m', ['f0']), object('later', ['x'])])
const others = livepatch('others', [object(null, ['f', 'h']), object('m', ['f0', 'f1'])])
const cumulative = livepatch('c', [object(null, ['f'])], { replace: true })
const sleepy = livepatch('sleepy', [object('m', [func('block')])])

describe('how long a load takes, in milliseconds, on 6.1, 6.12 and 7.2', () => {
  test.each<[what: string, times: readonly number[], image: Parameters<typeof loadTime>[1], before: Parameters<typeof machineAfter>[1][]]>([
    ['a module', [8, 8, 20], target('m'), []],
    ['a module that is there already', [2, 2, 2], target('m'), [load(target('m'))]],
    ['a module with two functions to hook', [8 + 2 * 132, 8 + 2 * 160, 20 + 2 * 165], target('m'), [load(wide), load(others)]],
    ['a livepatch without functions', [20, 45, 27], livepatch('p', []), []],
    ['lookups in vmlinux, and hooks of what is loaded', [20 + 2 * 664 + 3 * 132, 45 + 3 * 160, 27 + 3 * 165], wide, [load(target('m'))]],
    ['functions of a module that is not there', [20 + 2 * 664 + 2 * 132, 45 + 2 * 160, 27 + 2 * 165], wide, []],
    ['functions that others hooked before', [20 + 2 * 664 + 132, 45 + 160, 27 + 165], wide, [load(target('m')), load(others)]],
    ['nops of a cumulative one are looked up as well', [20 + 2 * 664, 45, 27], cumulative, [load(target('m')), load(others)]],
    [
      'no hook is made while a transition is open',
      [55 + 2 * 664, 56, 29],
      wide,
      [load(target('m')), call('s', 'm', 'block'), load(sleepy)],
    ],
  ])('%s', (_what, times, image, before) => {
    expect(RELEASES.map(release => loadTime(machineAfter(started(release), ...before), image))).toEqual(times)
  })
})

describe('how long an unload takes, in milliseconds, on 6.1, 6.12 and 7.2', () => {
  test.each<[what: string, times: readonly number[], before: Parameters<typeof machineAfter>[1][]]>([
    ['a module that is not there', [0, 0, 0], []],
    ['a module', [24, 24, 6], [load(target('m'))]],
    ['a module with two hooked functions', [24 + 2 * 168, 24 + 2 * 200, 6 + 2 * 220], [load(target('m')), load(others), load(wide)]],
    ['a livepatch in use', [0, 0, 0], [load(livepatch('m', []))]],
    ['a livepatch that is not', [24, 24, 6], [load(livepatch('m', [object(null, ['f'])], { enables: false }))]],
  ])('%s', (_what, times, before) => {
    expect(RELEASES.map(release => unloadTime(machineAfter(started(release), ...before), 'm'))).toEqual(times)
  })
})
