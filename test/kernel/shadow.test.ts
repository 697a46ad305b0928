import { describe, expect, test } from '@jest/globals'
import { apply, type Operation } from '../../shared/kernel/index.ts'
import { livepatch, load, machineAfter, object, outcomes, started, unload } from './world.ts'

const get = (at: string, id: string): Operation => ({ op: 'shadow', call: 'get', object: at, id })
const alloc = (at: string, id: string, data: string, constructed?: number): Operation => ({
  op: 'shadow',
  call: 'alloc',
  object: at,
  id,
  data,
  ...(constructed !== undefined && { constructed }),
})
const getOrAlloc = (at: string, id: string, data: string): Operation => ({ op: 'shadow', call: 'get_or_alloc', object: at, id, data })
const free = (at: string, id: string): Operation => ({ op: 'shadow', call: 'free', object: at, id, destructor: true })
const freeAll = (id: string): Operation => ({ op: 'shadow', call: 'free_all', id, destructor: true })

describe('shadow variables', () => {
  test.each([
    ['nothing is attached at first', [get('o', '1')], [null]],
    [
      'what is attached is found by object and id',
      [alloc('o', '1', 'x'), get('o', '1'), get('o', '2'), get('q', '1')],
      ['x', 'x', null, null],
    ],
    ['allocating twice keeps the first and answers nothing', [alloc('o', '1', 'x'), alloc('o', '1', 'y'), get('o', '1')], ['x', null, 'x']],
    ['get_or_alloc answers what is there', [getOrAlloc('o', '1', 'x'), getOrAlloc('o', '1', 'y')], ['x', 'x']],
    ['a constructor that fails attaches nothing', [alloc('o', '1', 'x', -12), get('o', '1')], [null, null]],
    [
      'freeing takes one off',
      [alloc('o', '1', 'x'), alloc('q', '1', 'y'), free('o', '1'), get('o', '1'), get('q', '1')],
      ['x', 'y', null, null, 'y'],
    ],
    [
      'freeing all takes off those of the id',
      [alloc('o', '1', 'x'), alloc('o', '2', 'y'), freeAll('1'), get('o', '1'), get('o', '2')],
      ['x', 'y', null, null, 'y'],
    ],
  ])('%s', (_law, operations, answers) => {
    expect(outcomes(started(), ...operations).map(({ shadow }) => shadow)).toEqual(answers)
  })

  test('they outlive the livepatch that attached them', () => {
    const image = livepatch('p', [object(null, ['f'])])
    const machine = machineAfter(started(), load(image), alloc('o', '1', 'x'), { op: 'enabled', patch: 'p', value: 0 }, unload('p'))
    expect(machine.shadows).toEqual([{ object: 'o', id: '1', data: 'x' }])
  })

  test('constructors run for new ones only, destructors for each that was there', () => {
    const events = outcomes(started(), alloc('o', '1', 'x', 0), alloc('o', '1', 'y', 0), free('o', '1'), free('o', '1'))
      .flatMap(outcome => outcome.events)
      .map(event => event.kind)
    expect(events).toEqual(['constructor', 'shadow', 'message', 'shadow', 'destructor', 'shadow', 'shadow'])
  })

  test('without a destructor none runs', () => {
    const events = outcomes(
      started(),
      alloc('o', '1', 'x'),
      alloc('q', '1', 'y'),
      { op: 'shadow', call: 'free', object: 'o', id: '1' },
      { op: 'shadow', call: 'free_all', id: '1' },
    ).flatMap(outcome => outcome.events)
    expect(events.filter(({ kind }) => kind === 'destructor')).toEqual([])
  })

  test('the log tells a failing constructor and a duplicate, with the id in hexadecimal', () => {
    const lines = outcomes(started(), alloc('o', '255', 'x', -12), alloc('o', '255', 'x'), alloc('o', '255', 'x')).flatMap(({ log }) => log)
    expect(lines).toEqual(['livepatch: Failed to construct shadow variable <o, ff> (-12)', 'Duplicate shadow variable <o, ff>'])
  })
})

test.each(['free', 'free_all'] as const)('%s of a variable that is not there answers a null pointer', call => {
  expect(apply(started(), { op: 'shadow', call, object: '1', id: '2' }).shadow).toBeNull()
})

test('a call that frees all variables of an id names no object', () => {
  expect(apply(started(), freeAll('2')).events).toEqual([{ kind: 'shadow', call: 'free_all', object: '', id: '2', data: null }])
})
