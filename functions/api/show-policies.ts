import * as z from 'zod'
import { FleetId } from '../../shared/fleet/index.ts'
import { describePolicies } from '../../shared/policy/index.ts'
import { onHouse } from '../http/admission.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { PersonCall } from '../http/serve.ts'
import { deploymentsOf } from '../note-deployment.ts'
import type { Ports } from '../ports.ts'

export const shape = { path: nothing, query: z.object({ fleet: FleetId.optional() }), body: noBody }
export const question = onHouse('viewPolicy')

const sorted = (files: Readonly<Record<string, string>>, from: 'deployed' | 'edition') =>
  Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => ({ path, from, text }))

/** The policies in force: their version, every file, and in words what a release on a fleet needs. */
export const showPolicies =
  ({ ledger, policy }: Pick<Ports, 'ledger' | 'policy'>) =>
  async ({ input: { query } }: PersonCall<InputOf<typeof shape>>): Promise<Outcome> => {
    const { set, floor, edition, faults } = policy.active()
    const teams = Object.entries(floor.teams ?? {}).flatMap(([fleet, files]) =>
      Object.entries(files).map(([file, text]) => [`fleets/${fleet}/${file}`, text] as const),
    )
    const calendars = { 'freezes.json': floor.freezes, 'settings.json': floor.settings }
    const given = Object.entries(calendars).flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const]))
    const deployed = { ...floor.policies, ...Object.fromEntries([...teams, ...given]) }
    return ok({
      version: set.version,
      edition: edition.number,
      faults,
      files: [...sorted(deployed, 'deployed'), ...sorted(edition.files, 'edition')],
      schema: floor.schema,
      words: describePolicies(set, query.fleet ?? ''),
      fleet: query.fleet ?? null,
      deployments: await deploymentsOf({ ledger }),
    })
  }
