import {
  type Delivery,
  dueStage,
  dueStageOfEdit,
  dueStageOfEmergency,
  familyOf,
  type Notice,
  newDelivery,
  noticesOf,
  noticesOfEdit,
  noticesOfFleet,
  noticesOfHold,
  receiversOf,
  reminderOf,
  reminderOfEdit,
  type Surroundings,
} from '../../shared/notice/index.ts'
import type { Announced, KeptReceiver, Loaded } from '../../shared/store/index.ts'
import { heldOf, needsOf } from '../api/change-document.ts'
import { editNeeds } from '../api/edit-document.ts'
import type { Ports } from '../ports.ts'
import { type AttemptPorts, attemptDelivery } from './attempt-delivery.ts'

export type DeliverPorts = AttemptPorts & Pick<Ports, 'ledger' | 'holds' | 'catalog' | 'policies' | 'policy'>

const OUTBOX_AT_ONCE = 100
const DUE_AT_ONCE = 500
const PAGE = 100
/** No attempt begins later than this after the start: each may take ten seconds of the fifty that the function has. */
const BEGIN_MS_MAX = 30_000

const surroundingsOf = async (ports: DeliverPorts, { change }: Loaded): Promise<Surroundings> => {
  const { catalog, policy, publicUrl, now } = ports
  const { confirmSecondsMax } = policy.set().settings.breakGlass
  const [livepatch, verdict, held] = await Promise.all([
    catalog.manifest(change.livepatch),
    change.review && catalog.verdict(change.review.bound.verdict),
    heldOf(ports, change),
  ])
  return {
    change,
    livepatch,
    missing: needsOf(ports, change, verdict, held).map(({ text }) => text),
    confirmSecondsMax,
    now: now(),
    publicUrl,
  }
}

const enqueue = async ({ notices, policy, now }: DeliverPorts, notice: Notice, receivers: readonly KeptReceiver[]): Promise<void> => {
  const { escalation } = policy.set().settings
  const listening = receivers.filter(({ disabled }) => disabled === null)
  for (const { id } of receiversOf(notice, listening, escalation?.group)) await notices.enqueue(newDelivery(id, notice, now()))
}

const commitOf = async ({ ledger }: DeliverPorts, { stream, sequence, id }: Announced) => {
  let cursor: string | undefined
  do {
    const page = await ledger.commitsOf(stream, { limit: PAGE, cursor })
    const found = page.items.find(commit => commit.sequence === sequence)
    if (found) return found.id === id ? found : null
    cursor = page.next
  } while (cursor !== undefined)
  return null
}

type CommitRead = NonNullable<Awaited<ReturnType<typeof commitOf>>>

/** What a commit is told as, with what the thing that it is about has become. */
const noticesAbout = async (ports: DeliverPorts, commit: CommitRead): Promise<readonly Notice[]> => {
  const { ledger, holds, catalog, policies, policy, publicUrl } = ports
  const { family, id } = familyOf(commit.stream)
  if (family === 'change') {
    const loaded = await ledger.loadChange(id)
    return loaded ? noticesOf(commit, await surroundingsOf(ports, loaded)) : []
  }
  if (family === 'policy-edit') {
    const loaded = await policies.loadEdit(id)
    return loaded ? noticesOfEdit(commit, { edit: loaded.edit, missing: editNeeds(policy.active(), loaded.edit), publicUrl }) : []
  }
  if (family === 'hold') {
    const loaded = await holds.load(id)
    if (!loaded) return []
    const { scope, target } = loaded.hold
    const livepatch = scope === 'livepatch' && target !== null ? await catalog.manifest(target) : null
    return noticesOfHold(commit, { hold: loaded.hold, livepatch, publicUrl })
  }
  return noticesOfFleet(commit, { fleet: id, publicUrl })
}

/** From the outbox to each receiver. What was kept twice is one delivery, so a crash before the last line costs nothing. */
const tell = async (ports: DeliverPorts, announced: Announced, receivers: readonly KeptReceiver[]): Promise<void> => {
  const commit = await commitOf(ports, announced)
  if (commit) for (const notice of await noticesAbout(ports, commit)) await enqueue(ports, notice, receivers)
  await ports.ledger.takeFromOutbox([announced])
}

const remind = async (ports: DeliverPorts, id: string, receivers: readonly KeptReceiver[]): Promise<void> => {
  const { ledger, notices, policy, now } = ports
  const loaded = await ledger.loadChange(id)
  if (!loaded) return
  const { reminders, breakGlass } = policy.set().settings
  const at = now()
  for (const due of [
    dueStage(loaded.change, reminders.atShares, at),
    dueStageOfEmergency(loaded.change, { ...reminders, ...breakGlass }, at),
  ]) {
    if (!due || (await notices.wasTold(due.mark))) continue
    await enqueue(ports, reminderOf(await surroundingsOf(ports, loaded), due), receivers)
    await notices.told(due.mark, at)
  }
}

const remindOfEdit = async (ports: DeliverPorts, id: string, receivers: readonly KeptReceiver[]): Promise<void> => {
  const { policies, notices, policy, publicUrl, now } = ports
  const loaded = await policies.loadEdit(id)
  const due = loaded && dueStageOfEdit(loaded.edit, policy.set().settings.reminders.atShares, now())
  if (!due || (await notices.wasTold(due.mark))) return
  const about = { edit: loaded.edit, missing: editNeeds(policy.active(), loaded.edit), publicUrl }
  await enqueue(ports, reminderOfEdit(about, due), receivers)
  await notices.told(due.mark, now())
}

/** Runs each, and lets one that fails keep no other waiting. */
const each = async <T>(items: readonly T[], failures: unknown[], run: (item: T) => Promise<unknown>): Promise<void> => {
  await Promise.all(items.map(item => run(item).catch((error: unknown) => failures.push(error))))
}

const tellAll = async (ports: DeliverPorts, receivers: readonly KeptReceiver[], failures: unknown[]): Promise<number> => {
  let told = 0
  for (;;) {
    const outbox = await ports.ledger.outbox(OUTBOX_AT_ONCE)
    const before = failures.length
    if (receivers.length === 0) await ports.ledger.takeFromOutbox(outbox)
    else for (const announced of outbox) await each([announced], failures, one => tell(ports, one, receivers))
    told += outbox.length
    // What failed is still there, and would be met again at once.
    if (outbox.length < OUTBOX_AT_ONCE || failures.length > before) return told
  }
}

type ReadPage = (page: {
  readonly limit: number
  readonly cursor?: string | undefined
}) => Promise<{ readonly items: readonly { readonly id: string }[]; readonly next?: string | undefined }>

const eachListed = async (read: ReadPage, failures: unknown[], run: (id: string) => Promise<void>): Promise<void> => {
  let cursor: string | undefined
  do {
    const page = await read({ limit: PAGE, cursor })
    for (const { id } of page.items) await each([id], failures, run)
    cursor = page.next
  } while (cursor !== undefined)
}

const remindAll = async (ports: DeliverPorts, receivers: readonly KeptReceiver[], failures: unknown[]): Promise<void> => {
  const { ledger, policies } = ports
  const inReview = { status: 'in-review' } as const
  await eachListed(
    page => ledger.changes(inReview, page),
    failures,
    id => remind(ports, id, receivers),
  )
  await eachListed(
    page => policies.edits(inReview, page),
    failures,
    id => remindOfEdit(ports, id, receivers),
  )
}

/** A due attempt of a receiver that was removed, or one that its delivery knows nothing of. */
const isDueAt = ({ state, nextAt }: Delivery, key: string): boolean =>
  state === 'pending' && nextAt !== null && key.startsWith(new Date(nextAt).toISOString())

type Due = Awaited<ReturnType<Ports['notices']['due']>>[number]

/** One after the other, so that a receiver hears things in their order; one that fails is left alone until the next run. */
const deliverTo = async (
  ports: DeliverPorts,
  known: KeptReceiver | undefined,
  waiting: readonly Due[],
  isLate: () => boolean,
): Promise<number> => {
  const { notices } = ports
  let attempted = 0
  for (const { receiver: id, notice, key } of waiting) {
    if (isLate()) return attempted
    const [delivery, receiver] = await Promise.all([notices.delivery(id, notice), known ?? notices.receiver(id)])
    if (!delivery || !receiver || !isDueAt(delivery, key)) await notices.forget(key)
    else {
      const after = await attemptDelivery(ports, delivery, receiver, { once: false })
      attempted += 1
      if (after?.state === 'pending') return attempted
    }
  }
  return attempted
}

const deliver = async (ports: DeliverPorts, receivers: ReadonlyMap<string, KeptReceiver>, failures: unknown[]): Promise<number> => {
  const { notices, now } = ports
  const begunAt = now()
  const due = await notices.due(begunAt, DUE_AT_ONCE)
  const byReceiver = Map.groupBy(due, ({ receiver }) => receiver)
  let attempted = 0
  await each([...byReceiver], failures, async ([id, waiting]) => {
    attempted += await deliverTo(ports, receivers.get(id), waiting, () => now() - begunAt > BEGIN_MS_MAX)
  })
  return attempted
}

/**
 * Tells people: what the outbox holds becomes one delivery for each receiver, reminders that are due as well, and every delivery that is due is
 * attempted. It runs once a minute, and at once when something is put into the outbox; several at a time do each other no harm.
 */
export const deliverNotices = (ports: DeliverPorts) => async (): Promise<{ readonly told: number; readonly attempted: number }> => {
  const failures: unknown[] = []
  const receivers = await ports.notices.receivers()
  const told = await tellAll(ports, receivers, failures)
  if (receivers.length > 0) await remindAll(ports, receivers, failures)
  const attempted = await deliver(ports, new Map(receivers.map(receiver => [receiver.id, receiver])), failures)
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} notices could not be worked on: ${String(failures[0])}`)
  return { told, attempted }
}
