import { digestOf } from '../canonical/index.ts'
import type { Person } from '../change/index.ts'
import { checkChanges } from './check-changes.ts'
import type { Base } from './edit.ts'
import type { ActivePolicies } from './layer.ts'
import { accept, type EditOutcome, refuse } from './outcome.ts'
import { type FileChanges, fleetOf } from './policy-files.ts'

export type ProposeEdit = {
  /** A fresh ULID. */
  readonly id: string
  readonly files: FileChanges
  readonly reason: string
  readonly by: Person
  /** Fleets that there are, at least of those that the files name. */
  readonly fleets: ReadonlySet<string>
}

export const baseOf = ({ set, edition }: ActivePolicies): Base => ({ edition: edition.number, version: set.version })

/** What people approve: where the edit starts from, and every text of it. */
export const editDigest = (base: Base, files: FileChanges): string => digestOf({ base, files })

/** An edit is checked as a whole before anyone is asked to read it: the policies that it leads to must be sound. */
export const proposeEdit = (active: ActivePolicies, { id, files, reason, by, fleets }: ProposeEdit): EditOutcome => {
  if (reason.trim() === '') return refuse('reason-missing')
  const checked = checkChanges(active, files, fleets)
  if (!checked.ok) return refuse('files-refused', checked.faults)
  const base = baseOf(active)
  return accept({
    type: 'proposed',
    ...{ id, base, files, fleet: fleetOf(Object.keys(files)), digest: editDigest(base, files), reason, proposer: by },
  })
}
