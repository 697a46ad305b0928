import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { adoptionText, type Manifest } from '../../shared/livepatch/index.ts'
import { bridgeBetween, bridgeSource, judgeChange } from '../../shared/verdict/index.ts'
import { ALL, fromFile, livepatch, one, stackOf } from './examples.ts'

const first = fromFile('examples/livepatches/lp_proc_1.ko')
const second = fromFile('examples/livepatches/lp_proc_2.ko')
const source = readFileSync('test/data/verdict/bridge_lp_proc_2_lp_proc_1.c', 'utf8')
/** Built from that source, as it is, with the headers of 6.1.0-50-amd64 and `-Wall -Werror`, then stripped of debug information. */
const built = fromFile('test/data/verdict/bridge_lp_proc_2_lp_proc_1.ko')

const outcome = (next: Manifest, running: readonly Manifest[]) =>
  judgeChange({
    livepatch: next,
    cohorts: [{ stack: stackOf(running), hosts: 1, replacedEarlier: [] }],
    known: new Map([first, second, built].map(manifest => [manifest.name, manifest])),
  })

describe('the bridge from 2 back to 1 of the demonstration livepatches', () => {
  const bridge = bridgeBetween([second], first)

  test('has the C source that was built', () => {
    expect(bridge).not.toBeNull()
    if (bridge) expect(bridgeSource(bridge)).toBe(source)
  })

  test('is read out of the built module as it was planned', () => {
    const { passesOn: _, adopts = [], ...planned } = bridge ?? { passesOn: [] }
    expect(built).toMatchObject(planned)
    // The linker orders the entries of .modinfo.
    expect(built.adopts.map(adoptionText).toSorted()).toEqual(adopts.map(adoptionText).toSorted())
  })

  test('opens the way that is blocked without it', () => {
    expect(outcome(first, [second]).outcome).toBe('block')
    expect(outcome(built, [second]).outcome).toBe('review')
    expect(outcome(first, [built]).outcome).toBe('review')
  })
})

describe('a bridge', () => {
  test('is not needed where nothing is open', () => {
    expect(bridgeBetween([first], second)).toBeNull()
  })

  test('is not possible to a livepatch that lacks a state, because the kernel would refuse the last step', () => {
    const stateful = livepatch({ name: 'lp_s', version: '5', on: { vmlinux: { callbacks: ALL } }, states: [{ id: '1', version: 1 }] })
    expect(bridgeBetween([stateful], one)).toBeNull()
  })

  test('undoes on each object what its livepatches left there, and no more', () => {
    const many = livepatch({
      name: 'lp_m',
      version: '5',
      on: {
        vmlinux: { callbacks: ['pre_patch'] },
        'nf-tables': { callbacks: ['post_patch', 'pre_unpatch'] },
        dm_mod: { functions: ['f'] },
      },
    })
    const bridge = bridgeBetween([many], one)
    expect(bridge?.objects.map(({ name }) => name).toSorted()).toEqual(['nf-tables', null].toSorted())
    expect(bridge && bridgeSource(bridge)).toContain("Undo here what lp_m's pre_patch did; nothing in lp_m undoes it.")
    expect(bridge && bridgeSource(bridge)).toContain('static void undo_on_nf_tables(struct klp_object *obj)')
  })
})
