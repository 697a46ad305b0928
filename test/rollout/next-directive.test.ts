import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DIRECTIVE_SECONDS_MAX, Directive, nextDirective } from '../../shared/rollout/index.ts'
import { directive } from './examples.ts'

const instruction = { fleet: 'edge', ask: null, stopped: false, pollSeconds: 5 }

describe('the next directive of a fleet', () => {
  test('the first one has version 1, and lives a day', () => {
    expect(nextDirective(null, instruction, 5_000)).toEqual({
      schema: 'supersede.directive/1',
      fleet: 'edge',
      version: 1,
      issuedAt: 5_000,
      expiresAt: 5_000 + DIRECTIVE_SECONDS_MAX * 1000,
      ask: null,
      stopped: false,
      pollSeconds: 5,
    })
  })

  test('says what it is told, and nothing of the one before', () => {
    const next = nextDirective(directive(), { ...instruction, stopped: true }, 1_200_000, 60)
    expect(next).toMatchObject({ version: 8, ask: null, stopped: true, issuedAt: 1_200_000, expiresAt: 1_260_000 })
  })

  test('the version grows by one whatever the clock does, and the time of issue never falls', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000_000), { minLength: 1 }), clock => {
        let previous: Directive | null = null
        for (const now of clock) {
          const next = nextDirective(previous, instruction, now)
          expect(next.version).toBe((previous?.version ?? 0) + 1)
          expect(next.issuedAt).toBeGreaterThanOrEqual(previous?.issuedAt ?? 0)
          expect(next.expiresAt).toBeGreaterThan(next.issuedAt)
          expect(Directive.safeParse(next).success).toBe(true)
          previous = next
        }
      }),
    )
  })
})
