import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { EXAMPLES, PAGES } from '../../examples/hazards/examples.ts'
import { foresee, scenarioOf } from '../../examples/hazards/foresee.ts'
import { KERNELS } from '../../examples/hazards/real-kernel.ts'
import { differencesOf, parseRecording, type Recording } from '../conformance/recording.ts'

const recordingsOf = (kernel: string): ReadonlyMap<string, Recording> =>
  new Map(
    readFileSync(`test/data/hazards/${kernel}.jsonl`, 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map(line => [String(JSON.parse(line).name), parseRecording(line)]),
  )
const recorded = new Map(KERNELS.map(kernel => [kernel, recordingsOf(kernel)]))

const cases = KERNELS.flatMap(kernel => Object.keys(EXAMPLES).map(name => [name, kernel] as const))
const recordingOf = (name: string, kernel: (typeof KERNELS)[number]): Recording => {
  const recording = recorded.get(kernel)?.get(name)
  if (!recording)
    throw new Error(`${name} was not recorded on ${kernel}: examples/hazards/run.ts all --kernel ${kernel} --record test/data/hazards`)
  return recording
}
const exampleOf = (name: string) => {
  const example = EXAMPLES[name]
  if (!example) throw new Error(`there is no example ${name}`)
  return example
}

describe('the cases of the kernel’s documentation', () => {
  test.each(cases)('%s does on the simulated kernel what it did on a real %s', (name, kernel) => {
    const recording = recordingOf(name, kernel)
    const { modules, steps } = scenarioOf(name, exampleOf(name))
    expect(recording.scenario.modules).toEqual(modules)
    expect(recording.scenario.steps.map(({ probe: _, ...step }) => step)).toEqual(steps)
    expect(differencesOf(recording)).toEqual([])
  })

  const foreseen = cases.filter(([name]) => exampleOf(name).foreseen)
  test.each(foreseen)('%s is seen coming on %s, from what the real kernel showed before', (name, kernel) => {
    const { foreseen: { step, finding } = { step: 0, finding: '' } } = exampleOf(name)
    const recording = recordingOf(name, kernel)
    const verdict = foresee(exampleOf(name), step, recording.steps, recording.kernel)
    expect(verdict.findings.map(({ code }) => code)).toContain(finding)
  })

  test('are those of each page, and of the tests that the kernel has for it', () => {
    expect(Object.fromEntries(Object.entries(PAGES).map(([page, examples]) => [page, Object.keys(examples)]))).toMatchObject({
      'cumulative-patches': ['functions-reverted', 'stays-underneath', 'no-way-back', 'missing-callback', 'callbacks-skipped'],
      // tools/testing/selftests/livepatch/test-state.sh has the first four.
      'system-state': expect.arrayContaining(['state-changed', 'state-taken-over', 'compatible-states', 'incompatible-states']),
      // One for each test of tools/testing/selftests/livepatch/test-callbacks.sh, in its order.
      callbacks: [
        'target-before-livepatch',
        'module-coming',
        'module-going',
        'module-coming-and-going',
        'target-not-present',
        'pre-patch-fails',
        'refuses-later-module',
        'multiple-targets',
        'busy-target',
        'multiple-livepatches',
        'atomic-replace',
      ],
      'shadow-vars': ['shadow-api', 'orphaned-shadow', 'init-exit-effects'],
    })
    const all = Object.values(PAGES).flatMap(examples => Object.keys(examples))
    expect(new Set(all).size).toBe(all.length)
  })

  test('run with one command', () => {
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', 'examples/hazards/run.ts', ...args], {
        encoding: 'utf8',
        stdio: 'pipe',
      })
    expect(run()).toContain('incompatible-states')
    const shown = run('missing-callback', '--kernel', '7.2')
    expect(shown).toContain('On a simulated Linux 7.2')
    expect(shown).toContain("livepatch: enabling patch 'fix_1'")
    expect(shown).toContain('Callbacks that do not:  fix_2:vmlinux:pre_unpatch, fix_2:vmlinux:post_unpatch')
    expect(shown).toContain('block missing-callback')
    expect(() => run('mising-callback')).toThrow('there is no example mising-callback; without a name they are listed')
  })
})
