import * as z from 'zod'
import { digestOf, sha256 } from '../shared/canonical/index.ts'
import { WORKFLOW } from '../shared/change/index.ts'
import { HOUSE, type PolicyTexts, WORKFLOW_PRINCIPAL } from '../shared/policy/index.ts'
import { leaveFor } from './append-change.ts'
import type { Ports } from './ports.ts'
import { stableId } from './stable-id.ts'

/** A deployment that brought other policies: the digests of what was deployed before (null: nothing) and since, and which files differ. */
const Deployed = z.object({
  type: z.literal('policies-deployed'),
  from: z.string().nullable(),
  to: z.string(),
  changed: z.array(z.string()),
  /** SHA-256 of each file, by path. */
  files: z.record(z.string(), z.string()),
})

export type Deployment = Omit<z.infer<typeof Deployed>, 'type' | 'files'> & { readonly at: string }

const STREAM = 'policy#deployed'
const PAGE = 100

const filesOf = ({ schema, policies, freezes, settings, teams = {} }: PolicyTexts): Readonly<Record<string, string>> => {
  const own = Object.entries(teams).flatMap(([fleet, files]) =>
    Object.entries(files).map(([file, text]) => [`fleets/${fleet}/${file}`, text]),
  )
  const others = Object.entries({ schema, 'freezes.json': freezes, 'settings.json': settings })
  const all = [...Object.entries(policies), ...own, ...others].flatMap(([path, text]) =>
    path === undefined || text === undefined ? [] : [[path, sha256(Buffer.from(text))] as const],
  )
  return Object.fromEntries(all.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Every one that was noted, oldest first: there are as many as deployments with other policies. */
const deployed = async ({ ledger }: Pick<Ports, 'ledger'>) => {
  const noted: (z.infer<typeof Deployed> & { readonly at: string; readonly sequence: number })[] = []
  let cursor: string | undefined
  do {
    const page = await ledger.commitsOf(STREAM, { limit: PAGE, cursor })
    for (const { at, sequence, events } of page.items) for (const event of events) noted.push({ ...Deployed.parse(event), at, sequence })
    cursor = page.next
  } while (cursor !== undefined)
  return noted
}

/** What deployments changed of the policies, newest first. */
export const deploymentsOf = async (ports: Pick<Ports, 'ledger'>): Promise<readonly Deployment[]> =>
  (await deployed(ports)).map(({ at, from, to, changed }) => ({ at, from, to, changed })).toReversed()

/**
 * Writes down that other policies are deployed than were last seen. An edition is approved by people, and what it lies on comes by a deployment,
 * which asks nobody here: this is its trace. Run twice, or by two at once, it is noted once.
 */
export const noteDeployment = async (ports: Pick<Ports, 'ledger' | 'policy' | 'now'>): Promise<void> => {
  const { ledger, policy, now } = ports
  const files = filesOf(policy.active().floor)
  const to = digestOf(files)
  const last = (await deployed(ports)).at(-1)
  if (last?.to === to) return
  const before = last?.files ?? {}
  const changed = [...new Set([...Object.keys(before), ...Object.keys(files)])].filter(path => before[path] !== files[path]).sort()
  const decision = leaveFor({ policy }, { principal: WORKFLOW_PRINCIPAL, action: 'recordDeployment', resource: HOUSE })
  const commitId = stableId(`${STREAM}/${last?.sequence ?? 0}/${to}`)
  const event = { type: 'policies-deployed', from: last?.to ?? null, to, changed, files }
  await ledger.record({ stream: STREAM, event, actor: WORKFLOW, at: now(), commitId, decision })
}
