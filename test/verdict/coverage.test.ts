import { describe, expect, test } from '@jest/globals'
import { stackDigest } from '../../shared/kernel/index.ts'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { admittedStacks, isWorse, judgeChange, type Verdict } from '../../shared/verdict/index.ts'
import { hotfix, known, livepatch, one, stackOf, three, two } from './examples.ts'

const judge = (next: Manifest, ...stacks: readonly ReturnType<typeof stackOf>[]): Verdict =>
  judgeChange({ livepatch: next, cohorts: stacks.map(stack => ({ stack, hosts: 1 })), known: known() })

describe('the stacks that may load', () => {
  const fine = stackOf([one])

  test('are those where the load succeeds and nothing blocks it', () => {
    expect(admittedStacks(judge(two, fine, stackOf([three])))).toEqual([stackDigest(fine)])
  })

  test('are none of those on which a transition was forced', () => {
    expect(admittedStacks(judge(two, fine, stackOf([one], { forced: true })))).toEqual([stackDigest(fine)])
  })

  test('are none where the livepatch itself is blocked', () => {
    const broken = livepatch({ name: 'lp_9', version: '9', signature: { present: true, signer: null, valid: false } })
    expect(admittedStacks(judge(broken, fine))).toEqual([])
  })
})

describe('a verdict worked out again', () => {
  const approved = judge(two, stackOf([one]))

  test.each([
    ['on the same stack is not worse', stackOf([one]), false],
    ['on a stack where less is to be told is not worse', stackOf([]), false],
    ['that finds a hazard which nobody approved is worse', stackOf([one, hotfix]), true],
    ['that is blocked is worse', stackOf([three]), true],
  ])('%s', (_, stack, worse) => {
    expect(isWorse(judge(two, stack), approved)).toBe(worse)
  })
})
