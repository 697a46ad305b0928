import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  authorize,
  loadPolicies,
  type PolicySet,
  policyTextsOf,
  type Request,
  UNHINDERED,
  WORKFLOW_PRINCIPAL,
} from '../shared/policy/index.ts'
import { type Figure, medianCpu } from './figure.ts'

const POLICIES = 200
const FLEETS = 20
const DECISIONS = 2_000
const TIMES = 9
const MICROSECONDS = 1e6

/** The house's rules and fleets' own, 200 in all. */
const loaded = (root: string): PolicySet => {
  const folder = join(root, 'shared/policy/cedar')
  const texts = policyTextsOf(Object.fromEntries(readdirSync(folder).map(file => [file, readFileSync(join(folder, file), 'utf8')])))
  const house = loadPolicies(texts).policies.length
  const own = Array.from({ length: POLICIES - house }, (_, index) => {
    const fleet = `fleet-${index % FLEETS}`
    const text = `@id("own-${index}") @reason("three people") forbid (principal, action in Action::"move", resource in Fleet::"${fleet}") unless { context.approvals.people >= 3 };`
    return { fleet, text }
  })
  const teams = Object.fromEntries(
    [...Map.groupBy(own, ({ fleet }) => fleet)].map(([fleet, rules]) => [fleet, { 'own.cedar': rules.map(({ text }) => text).join('\n') }]),
  )
  return loadPolicies({ ...texts, teams })
}

type Ask = (change: string) => Request
const changeOf = (id: string, fleet = 'edge') => ({ type: 'Change', id, fleet, proposer: 'alice' }) as const
const BOB = { type: 'Person', id: 'bob', groups: ['kernel-maintainers', 'operators'] } as const
const release =
  (fleet: string): Ask =>
  change => ({
    principal: WORKFLOW_PRINCIPAL,
    action: 'releaseChange',
    resource: changeOf(change, fleet),
    context: {
      ...UNHINDERED,
      approvals: { people: 3, members: { 'kernel-maintainers': 2, security: 1 }, signedOff: ['downgrade'], changesRequested: 0 },
      verdict: { outcome: 'review', block: [], review: ['downgrade', 'no-way-back'], downgrade: true, fixesLost: [], accepted: [] },
      plan: { waves: 3, firstShare: 500, soakSeconds: 3_600 },
    },
  })

const ASKED: readonly (readonly [name: string, ask: Ask])[] = [
  ['release', release('edge')],
  ['release on a fleet with rules of its own', release('fleet-3')],
  ['approval', change => ({ principal: BOB, action: 'approveChange', resource: changeOf(change), context: { decision: 'approve' } })],
  ['look', change => ({ principal: BOB, action: 'viewChange', resource: changeOf(change) })],
]

/** What one decision costs with 200 policies, parsed once; the median of runs of 2,000. No two in a row are about the same change. */
export const policyFigures = async (root: string): Promise<readonly Figure[]> => {
  const policySet = loaded(root)
  const figures: Figure[] = []
  for (const [name, ask] of ASKED) {
    const requests = Array.from({ length: DECISIONS }, (_, index) => ask(`01JD${index}`))
    const seconds = await medianCpu(TIMES, () => {
      for (const request of requests) authorize(policySet, request)
    })
    const value = (seconds / DECISIONS) * MICROSECONDS
    figures.push({ name: `decision with ${POLICIES} policies: ${name}`, value, unit: 'µs CPU', target: 100, wanted: 'at most' })
  }
  return figures
}
