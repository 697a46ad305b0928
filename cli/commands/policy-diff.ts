import { PastChange, PolicyError, type PolicySet, replayRelease } from '../../shared/policy/index.ts'
import { Verdict } from '../../shared/verdict/index.ts'
import { Failure } from '../failure.ts'
import { given, type Input, type Run } from '../input.ts'
import { activePolicies } from '../policies-on-server.ts'
import { policiesOf } from '../policy-files.ts'
import { plural } from '../terminal/format.ts'
import { printJson, printTable } from '../terminal/print.ts'
import { objectOf, objectsOf, textOf } from '../terminal/read-json.ts'

const PAGE = '100'

const pastChanges = async (input: Input): Promise<readonly string[]> => {
  const ids: string[] = []
  let cursor: string | undefined
  do {
    const query = { limit: PAGE, cursor, fleet: given(input, 'fleet') }
    const page = objectOf((await input.api().call('list-changes', { query })).body)
    ids.push(...objectsOf(page['items']).map(({ id }) => textOf(id)))
    cursor = textOf(page['next']) || undefined
  } while (cursor !== undefined)
  return ids
}

/** A change with its verdict; null where it was not judged, so that there was nothing to decide. */
const loaded = async (input: Input, change: string) => {
  const past = PastChange.safeParse((await input.api().call('show-change', { path: { change } })).body)
  if (!past.success) throw new Failure('failure', `the server tells change ${change} in a way that this version does not understand`)
  if (past.data.digest === null && past.data.status !== 'blocked') return null
  const { body } = await input.api().call('show-verdict', { path: { change } })
  const verdict = Verdict.safeParse(objectOf(body)['verdict'])
  return verdict.success ? { past: past.data, verdict: verdict.data } : null
}

type Replayed = { readonly id: string; readonly fleet: string; readonly status: string; readonly proposedAt: string } & {
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly policies: readonly string[]
}

const replayed = async (input: Input, change: string, before: PolicySet, after: PolicySet): Promise<Replayed | null> => {
  const found = await loaded(input, change)
  if (!found) return null
  const { past, verdict } = found
  const needs = (policies: PolicySet) => replayRelease(policies, past, verdict, input.shell.now())
  const [then, now] = [needs(before), needs(after)]
  const isNew = new Set(then.map(({ policy }) => policy))
  const turned = now.length > 0 ? now.filter(({ policy }) => !isNew.has(policy)) : then
  return {
    ...{ id: past.id, fleet: past.fleet, status: past.status, proposedAt: past.proposedAt },
    before: then.map(({ text }) => text),
    after: now.map(({ text }) => text),
    policies: turned.flatMap(({ policy }) => policy ?? []),
  }
}

const isOtherwise = ({ before, after }: Replayed): boolean => (before.length === 0) !== (after.length === 0)
const decision = (needs: readonly string[]): string => (needs.length === 0 ? 'released' : 'held back')

const print = ({ shell }: Input, changes: readonly Replayed[], otherwise: readonly Replayed[]): void => {
  if (otherwise.length > 0)
    printTable(
      shell,
      ['change', 'fleet', 'was', 'before', 'after', 'by', 'needs'],
      otherwise.map(({ id, fleet, status, before, after, policies }) => [
        ...[id, fleet, status, decision(before), decision(after)],
        ...[policies.join(', '), (after.length > 0 ? after : before).join('; ')],
      ]),
    )
  shell.err(`${otherwise.length} of ${plural(changes.length, 'past change')} would have been decided otherwise\n`)
}

const inOrder = async (input: Input, [first = '', second]: readonly string[]): Promise<readonly [PolicySet, PolicySet]> =>
  second === undefined
    ? [await activePolicies(input), policiesOf(input.shell, first)]
    : [policiesOf(input.shell, first), policiesOf(input.shell, second)]

export const run: Run = async input => {
  const [before, after] = await inOrder(input, input.args)
  const changes: Replayed[] = []
  try {
    for (const id of await pastChanges(input)) {
      const change = await replayed(input, id, before, after)
      if (change) changes.push(change)
    }
  } catch (error) {
    if (error instanceof PolicyError) throw new Failure('refusedFile', error.message)
    throw error
  }
  const otherwise = changes.filter(isOtherwise)
  if (input.json)
    printJson(input.shell, { before: before.version, after: after.version, changes, otherwise: otherwise.map(({ id }) => id) })
  else print(input, changes, otherwise)
  return otherwise.length === 0 ? undefined : 'differs'
}
