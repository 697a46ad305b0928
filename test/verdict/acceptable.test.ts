import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { acceptedIn, admittedStacks, judgeChange, NEVER_ACCEPTED, RULES, whyNotAcceptable, worseThan } from '../../shared/verdict/index.ts'
import { known, one, stackOf, two } from './examples.ts'

const pageOf = (code: string): string => readFileSync(fileURLToPath(new URL(`../../docs/findings/${code}.md`, import.meta.url)), 'utf8')

const back = (accepts: readonly string[], stack = stackOf([two])) =>
  judgeChange({ livepatch: one, cohorts: [{ stack, hosts: 1 }], known: known(), accepts })
const blocking = ({ findings }: ReturnType<typeof back>) => findings.filter(({ severity }) => severity === 'block')
const named = (verdict: ReturnType<typeof back>): readonly string[] =>
  blocking(verdict).flatMap(({ evidence }) => {
    const open = evidence['obligations']
    return Array.isArray(open) ? open.map(({ text }) => `missing-callback:${text}`) : []
  })
const ALL = named(back([]))

test('what an emergency may accept is decided for every finding that blocks by itself', () => {
  const codes = RULES.map(({ id }) => id).filter(code => /^Severity: block/m.test(pageOf(code)))
  expect(Object.keys(NEVER_ACCEPTED)).toEqual(codes.toSorted())
  expect(codes.filter(code => NEVER_ACCEPTED[code] === null)).toEqual(['missing-callback'])
})

test.each([...RULES].map(({ id }) => id))('%s is accepted by no general name', code => {
  expect(whyNotAcceptable(code)).toEqual(expect.any(String))
})

describe('a leftover that is accepted', () => {
  test('blocks no more, and is told as open', () => {
    expect(ALL.length).toBeGreaterThan(0)
    expect(ALL.map(whyNotAcceptable)).toEqual(ALL.map(() => null))
    const verdict = back(ALL)
    expect([verdict.outcome, acceptedIn(verdict)]).toEqual(['review', ALL.toSorted()])
    expect(admittedStacks(verdict)).toHaveLength(1)
  })

  test.each(ALL)('lets all others block: %s', leftover => {
    expect(named(back(ALL.filter(other => other !== leftover)))).toEqual([leftover])
  })

  test('blocks all the same where the owners of the fleet say so', () => {
    const stricter = new Map([['missing-callback', 'never here']])
    const verdict = judgeChange({ livepatch: one, cohorts: [{ stack: stackOf([two]), hosts: 1 }], known: known(), accepts: ALL, stricter })
    expect(verdict.outcome).toBe('block')
  })

  test('is no leave for what another stack leaves behind: that is worse than what was approved', () => {
    const [first = ''] = ALL
    const approved = back(ALL)
    const less = { ...approved, findings: approved.findings.map(finding => withAccepted(finding, first)) }
    expect(worseThan(approved, approved)).toEqual([])
    expect(worseThan(approved, less)).toEqual(expect.arrayContaining([expect.stringContaining('missing-callback')]))
  })
})

const withAccepted = (finding: ReturnType<typeof back>['findings'][number], accepted: string) =>
  finding.code === 'missing-callback' ? { ...finding, evidence: { ...finding.evidence, accepted: [accepted] } } : finding
