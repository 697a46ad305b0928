import { execFileSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { stackOf } from '../../examples/hazards/hazard.ts'
import { HAZARDS } from '../../examples/hazards/hazards.ts'
import { judgeChange } from '../../shared/verdict/index.ts'

describe('the hazards of the kernel’s documentation', () => {
  test.each(Object.entries(HAZARDS))('%s is seen coming', (_, hazard) => {
    const { running, next, finding } = hazard
    const known = new Map([...running, next].map(manifest => [manifest.name, manifest]))
    const verdict = judgeChange({ livepatch: next, cohorts: [{ stack: stackOf(hazard), hosts: 1 }], known })
    expect(verdict.findings.map(({ code }) => code)).toContain(finding)
  })

  test('run with one command', () => {
    const run = (...args: readonly string[]): string =>
      execFileSync(process.execPath, ['examples/hazards/run.ts', ...args], { encoding: 'utf8' })
    expect(run()).toContain('incompatible-states')
    const shown = run('missing-callback')
    expect(shown).toContain("livepatch: enabling patch 'fix_1'")
    expect(shown).toContain('Callbacks that do not:  quiet_2:vmlinux:pre_unpatch, quiet_2:vmlinux:post_unpatch')
    expect(shown).toContain('block missing-callback')
  })
})
