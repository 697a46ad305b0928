import {
  type ActivePolicies,
  baseOf,
  decideBefore,
  missingForEnactment,
  type PolicyEdit,
  PolicyEditEvent,
  unifiedDiff,
} from '../../shared/edition/index.ts'
import type { Commit } from '../../shared/history/index.ts'
import type { LoadedEdit } from '../../shared/store/index.ts'
import type { Ports } from '../ports.ts'
import { describeEditEvent } from './describe-edit-event.ts'

const ANEW = 'another proposal, because other policies are in force than those that this one starts from'

/** What an edit still needs to come into force, in words; empty where it needs nothing or can have nothing any more. */
export const editNeeds = (active: ActivePolicies, edit: PolicyEdit): readonly string[] => {
  if (edit.status !== 'in-review') return []
  return baseOf(active).version === edit.base.version ? missingForEnactment(active, edit) : [ANEW]
}

/** What stands in the answers of every operation on an edit. */
export const editBrief = ({ policy }: Pick<Ports, 'policy'>, { edit, version }: LoadedEdit) => ({
  ...{ id: edit.id, status: edit.status, version, digest: edit.digest, fleet: edit.fleet, base: edit.base },
  ...{ reason: edit.reason, proposer: edit.proposer.id, proposerName: edit.proposer.name, proposedAt: edit.proposedAt },
  decideBefore: edit.status === 'in-review' ? new Date(decideBefore(edit)).toISOString() : null,
  needs: editNeeds(policy.active(), edit),
  approvals: edit.approvals
    .filter(({ withdrawnAt }) => withdrawnAt === null)
    .map(({ by, at, comment }) => ({ by: by.id, name: by.name, groups: by.groups, at, comment })),
  ...{ edition: edit.edition, ending: edit.ending, endedAt: edit.endedAt },
  paths: Object.keys(edit.files).sort(),
})

const changeOf = (before: string | null, after: string | null): 'added' | 'changed' | 'removed' =>
  before === null ? 'added' : after === null ? 'removed' : 'changed'

/** Each file with what differs. The settings that were deployed are what an edition's take the place of, so they are compared with those. */
export const differencesOf = ({ files }: Pick<PolicyEdit, 'files'>, base: Readonly<Record<string, string>>, settings: string | undefined) =>
  Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, after]) => {
      const before = base[path] ?? (path === 'settings.json' ? settings : undefined) ?? null
      return { path, change: changeOf(before, after), text: after, diff: unifiedDiff(path, before, after) }
    })

const timelineOf = (commits: readonly Commit[]) =>
  commits.flatMap(({ at, actor, events }) =>
    events.flatMap(event => {
      const parsed = PolicyEditEvent.safeParse(event)
      return parsed.success ? [{ at, actor, type: event.type, text: describeEditEvent(parsed.data) }] : []
    }),
  )

const COMMITS_MAX = 500

/** An edit's commits, oldest first. */
export const commitsOfEdit = async (ledger: Ports['ledger'], id: string): Promise<readonly Commit[]> => {
  const commits: Commit[] = []
  let cursor: string | undefined
  do {
    const page = await ledger.commitsOf(`policy-edit#${id}`, { limit: 100, cursor })
    commits.push(...page.items)
    cursor = page.next
  } while (cursor !== undefined && commits.length < COMMITS_MAX)
  return commits
}

/** An edit as people look at it, whole. */
export const editDocument = async (ports: Pick<Ports, 'ledger' | 'policies' | 'policy'>, loaded: LoadedEdit) => {
  const { edit } = loaded
  const [base, commits] = await Promise.all([ports.policies.edition(edit.base.edition), commitsOfEdit(ports.ledger, edit.id)])
  const files = differencesOf(edit, base?.files ?? {}, ports.policy.active().floor.settings)
  return { ...editBrief(ports, loaded), files, timeline: timelineOf(commits) }
}
