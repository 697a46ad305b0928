import { decideBefore, type PolicyEdit, PolicyEditEvent } from '../edition/index.ts'
import type { Commit } from '../history/index.ts'
import type { Hold } from '../policy/index.ts'
import { kindOfEvent } from './kind-of-event.ts'
import type { NoticeKind } from './kinds.ts'
import { NAME_MAX, type Notice, noticeId, TEXT_MAX } from './notice.ts'
import { plainText } from './plain-text.ts'
import { type LivepatchName, livepatchText } from './webhook-body.ts'

type Occasion = { readonly kind: NoticeKind; readonly at: string; readonly about: string }
type Told = {
  readonly subject: string
  readonly fleet: string | null
  readonly by: string | null
  readonly says: string
  readonly link: string
  readonly missing?: readonly string[]
  readonly decideBefore?: string | null
}

/** A notice about something that is no change. `about` names what it tells, for its id. */
const noticeOf = ({ kind, at, about }: Occasion, told: Told): Notice => ({
  id: noticeId(Date.parse(at), about),
  kind,
  at,
  subject: plainText(told.subject, TEXT_MAX),
  fleet: told.fleet,
  change: null,
  by: told.by && plainText(told.by, NAME_MAX),
  says: plainText(told.says, TEXT_MAX),
  missing: (told.missing ?? []).map(sentence => plainText(sentence, TEXT_MAX)),
  decideBefore: told.decideBefore ?? null,
  link: told.link,
})

const eachOf = (commit: Commit, tell: (event: Commit['events'][number]) => Told | null): readonly Notice[] =>
  commit.events.flatMap((event, index) => {
    const kind = kindOfEvent(commit.stream, event.type)
    const told = kind === null ? null : tell(event)
    return kind === null || told === null
      ? []
      : [noticeOf({ kind, at: commit.at, about: `${commit.stream}/${commit.sequence}/${index}` }, told)]
  })

const saidIn = (event: PolicyEditEvent, edit: PolicyEdit): { readonly by: string | null; readonly says: string } => {
  switch (event.type) {
    case 'proposed':
      return { by: event.proposer.name, says: event.reason }
    case 'rejected':
    case 'withdrawn':
      return { by: event.by.name, says: event.reason }
    default:
      return { by: null, says: edit.ending ?? '' }
  }
}

/** `missing`: what the edit still needs, in words. What it would change is not told: who decides on it looks at it. */
type AboutEdit = { readonly edit: PolicyEdit; readonly missing: readonly string[]; readonly publicUrl: string }

const toldOfEdit = (
  { edit, missing, publicUrl }: AboutEdit,
  asks: boolean,
  said: { readonly by: string | null; readonly says: string },
): Told => ({
  subject: `${edit.fleet === null ? 'of the house' : `of fleet ${edit.fleet}`}, edit ${edit.id}`,
  fleet: edit.fleet,
  ...said,
  link: `${publicUrl}/#/edits/${encodeURIComponent(edit.id)}`,
  missing: asks ? missing : [],
  decideBefore: asks ? new Date(decideBefore(edit)).toISOString() : null,
})

export const noticesOfEdit = (commit: Commit, about: AboutEdit): readonly Notice[] =>
  eachOf(commit, recorded => {
    const event = PolicyEditEvent.safeParse(recorded)
    if (!event.success) return null
    const asks = event.data.type === 'proposed' && about.edit.status === 'in-review'
    return toldOfEdit(about, asks, saidIn(event.data, about.edit))
  })

/** About an edit that is still to be decided on. */
export const noticeAboutEdit = (about: AboutEdit, occasion: Occasion): Notice =>
  noticeOf(occasion, toldOfEdit(about, true, { by: about.edit.proposer.name, says: about.edit.reason }))

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

type AboutHold = {
  /** As it is now. */
  readonly hold: Hold
  /** The livepatch that it is of, as the catalog has it; null where it is of something else. */
  readonly livepatch: LivepatchName | null
  readonly publicUrl: string
}

const heldText = ({ hold: { scope, target, expiresAt }, livepatch }: AboutHold): string => {
  const short = livepatch === null ? target?.slice(0, 12) : livepatchText(livepatch)
  const what = scope === 'everything' ? 'everything' : `${scope} ${scope === 'livepatch' ? short : target}`
  return `${what}, until ${expiresAt.replace(/:\d\d\.\d+Z$/, 'Z')}`
}

const nameOf = (by: unknown): string | null => textOf(Object(by)['name']) || null

/** That a hold ends by itself is no event, and is not told. */
export const noticesOfHold = (commit: Commit, about: AboutHold): readonly Notice[] =>
  eachOf(commit, event => ({
    subject: heldText(about),
    fleet: about.hold.scope === 'fleet' ? about.hold.target : null,
    by: nameOf(event['by']),
    says: textOf(event['reason']),
    link: `${about.publicUrl}/#/holds`,
  }))

/** Of a fleet's own stream. Which host it is about is not told. */
export const noticesOfFleet = (
  commit: Commit,
  { fleet, publicUrl }: { readonly fleet: string; readonly publicUrl: string },
): readonly Notice[] =>
  eachOf(commit, event => ({
    subject: `fleet ${fleet}`,
    fleet,
    by: nameOf(event['by']) ?? commit.actor,
    says: textOf(event['reason']),
    link: `${publicUrl}/#/changes/${encodeURIComponent(textOf(event['change']))}`,
  }))
