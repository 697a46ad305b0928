import { describe, expect, test } from '@jest/globals'
import { judgeChange, type Verdict } from '../../shared/verdict/index.ts'
import { manifestOf, type Recording, recordings, type Step, spoken, stackBefore } from './recording.ts'

type Load = {
  readonly id: string
  readonly step: Step
  readonly name: string
  readonly verdict: Verdict
  readonly cohort: Verdict['cohorts'][number]
}

/** Refusals that lie in what no manifest says: a symbol that is missing, a pre_patch that returns an error. */
const LIES_ELSEWHERE = /symbol|failed to (find|register|patch|initialize)|pre-patch callback failed/

/** Every load of a livepatch that a manifest describes, with the verdict on the stack before it. */
const loadsOf = (recording: Recording): readonly Load[] => {
  const plain = recording.modules.filter(({ kind }) => kind === 'livepatch')
  const odd = new Set(plain.filter(({ unmarked, noenable, init_ret }) => unmarked || noenable || init_ret !== 0).map(({ name }) => name))
  const known = new Map(plain.map(module => [module.name, manifestOf(module, recording.kernel)]))
  const loaded: string[] = []
  return recording.steps.flatMap((step, index): Load[] => {
    const before = recording.steps[index - 1]
    const next = step.op === 'load' && step.module !== undefined ? known.get(step.module) : undefined
    if (!next) return []
    const stack = stackBefore(recording, before, loaded, known)
    if (step.rc === 'OK') loaded.splice(0, loaded.length, ...loaded.filter(name => name !== next.name), next.name)
    const inMemory = before?.modules[next.name] !== undefined
    if (odd.has(next.name) || inMemory || step.log.some(line => LIES_ELSEWHERE.test(line))) return []
    const verdict = judgeChange({ livepatch: next, cohorts: [{ stack, hosts: 1 }], known })
    const [cohort] = verdict.cohorts
    return cohort ? [{ id: `${recording.name}, step ${index + 1}: load ${next.name}`, step, name: next.name, verdict, cohort }] : []
  })
}

/** Which rules explain an error number. */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  EINVAL: ['incompatible-states'],
  // Since 7.0 a function that is named twice answers EBUSY.
  EBUSY: ['transition-in-progress', 'kernel-refuses'],
  EEXIST: ['kernel-refuses'],
}

const KERNELS = ['6.1', '6.12', '7.2'] as const

describe.each(KERNELS)('on a recorded kernel %s', kernel => {
  const loads = ['by-hand', 'random'].flatMap(file => recordings(kernel, file)).flatMap(loadsOf)

  test('the verdict foretells the answer to each load', () => {
    const wrong = loads
      .filter(({ step, cohort }) => cohort.result !== step.rc)
      .map(({ id, step, cohort }) => `${id}: ${step.rc}, foretold ${cohort.result}`)
    expect(wrong).toEqual([])
    expect(loads.length).toBeGreaterThan(1000)
  })

  test('what the kernel refused was blocked beforehand, by the rule that knows why', () => {
    const refused = loads.filter(({ step }) => step.rc !== 'OK')
    const told = refused.map(({ step, verdict }) => {
      const codes = verdict.findings.filter(({ severity }) => severity === 'block').map(({ code }) => code)
      return (REFUSALS[step.rc] ?? []).some(code => codes.includes(code))
    })
    expect(refused.filter((_, index) => !told[index]).map(({ id }) => id)).toEqual([])
    expect(refused.length).toBeGreaterThan(50)
  })

  test('the callbacks that ran are those that were foretold, in order', () => {
    const through = loads.filter(({ step, name }) => step.rc === 'OK' && step.patches[name]?.transition === '0')
    const wrong = through.filter(({ step, cohort }) => JSON.stringify(spoken(step.log)) !== JSON.stringify(cohort.callbacks.run))
    expect(wrong.map(({ id, step, cohort }) => ({ id, ran: spoken(step.log), foretold: cohort.callbacks.run })).slice(0, 3)).toEqual([])
    expect(through.length).toBeGreaterThan(500)
  })

  test('the callbacks that were said to be skipped never ran, and are why the change was blocked', () => {
    const skipping = loads.filter(({ step, cohort }) => step.rc === 'OK' && cohort.callbacks.skipped.length > 0)
    expect(skipping.length).toBeGreaterThan(100)
    for (const { step, cohort, verdict } of skipping) {
      const ran = new Set(spoken(step.log))
      expect(cohort.callbacks.skipped.filter(callback => ran.has(callback))).toEqual([])
      expect(verdict.findings.some(({ code }) => code === 'missing-callback' || code === 'callbacks-skipped')).toBe(true)
    }
  })
})
