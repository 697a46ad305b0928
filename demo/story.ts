import type { Verdict } from '../shared/verdict/index.ts'
import { type Client, expecting } from './client.ts'
import { FLEET, HOSTS } from './hosts.ts'
import { rolloutLines } from './rollout-view.ts'
import { proposed, type Scene, showChange, submitted, until } from './scene.ts'
import { type ChangeDocument, FleetDocument, HostHistory, Lineage, type PatchDocument, VerdictDocument } from './shapes.ts'

const ENDED = ['blocked', 'declined', 'aborted', 'completed']
const PATIENCE_SECONDS = 120
/** Short waves, so that a person sees all three of them in half a minute; for tests, shorter still. */
export const PLANS = {
  shown: { soakSeconds: 2, waveSecondsMax: 60, pollSeconds: 1 },
  quick: { soakSeconds: 1, waveSecondsMax: 60, pollSeconds: 0.3 },
} as const

/** Something did not come out as the demonstration promises. */
const expectation = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(`expected that ${what}`)
}

/** 2. The fleet, known to the service with all its cohorts. */
export const showFleet = async ({ as, say }: Scene): Promise<void> => {
  const ask = async () => FleetDocument.parse((await expecting(as.alice, 'show-fleet', { parameters: { fleet: FLEET } }, 200)).body)
  const reported = (fleet: Awaited<ReturnType<typeof ask>>) => fleet.cohorts.reduce((sum, { hosts }) => sum + hosts, 0)
  const fleet = await until(ask, current => reported(current) === HOSTS.length, PATIENCE_SECONDS, 'the first report of every host')
  for (const { hosts, stack } of fleet.cohorts)
    say.line(`${String(hosts).padStart(3)} hosts run ${stack.livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'}`)
}

const NAMES = ['lp_proc_1', 'lp_proc_2', 'lp_proc_3', 'lp_proc_hotfix'] as const
export type Patches = Readonly<Record<(typeof NAMES)[number], PatchDocument>>

/** 3. Four livepatches, out of the files as they are. */
export const submitAll = async (scene: Scene): Promise<Patches> => {
  const entries: [string, PatchDocument][] = []
  for (const name of NAMES) {
    const patch = await submitted(scene, name)
    entries.push([name, patch])
    scene.say.line(
      `${patch.name} (${patch.series} ${patch.version}, ${patch.replace ? 'cumulative' : 'not cumulative'}) fixes ${patch.fixes.join(', ')} · ${patch.digest.slice(0, 12)}`,
    )
  }
  return Object.fromEntries(entries) as Patches
}

const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

/** A finding that holds for several cohorts is said once. */
const findingLines = ({ findings }: Verdict): readonly string[] => [
  ...new Set(findings.map(({ severity, code, message }) => `${severity.padEnd(6)} ${code}: ${message}`)),
]

const showVerdict = async ({ as, say }: Scene, change: string) => {
  const verdict = VerdictDocument.parse((await expecting(as.alice, 'show-verdict', { parameters: { change } }, 200)).body)
  for (const cohort of verdict.cohorts)
    say.line(
      `${String(cohort.hosts).padStart(3)} hosts, ${cohort.stack.livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'} → ${
        cohort.result === 'OK' ? cohort.stackAfter.join(' + ') : (cohort.result ?? 'unknown')
      }: ${counted(cohort.functions.added.length, 'function')} added, ${cohort.functions.reverted.length} reverted; fixes +${cohort.fixes.gained.length} −${cohort.fixes.lost.length}; way back: ${cohort.wayBack}`,
    )
  for (const line of findingLines(verdict)) say.line(line)
  say.line(`verdict: ${verdict.outcome}`)
  return verdict
}

const judged = (scene: Scene, change: string): Promise<ChangeDocument> =>
  until(
    () => showChange(scene, change),
    ({ status }) => status !== 'proposed',
    PATIENCE_SECONDS,
    'the verdict',
  )

const approve = async ({ say }: Scene, person: Client, name: string, { id, digest }: ChangeDocument): Promise<void> => {
  const answer = await expecting(
    person,
    'approve-change',
    {
      parameters: { change: id },
      body: { decision: 'approve', digest, comment: 'Seen, and fine.' },
      key: `demo-approve-${name}-${digest}`,
    },
    200,
    201,
  )
  const needs = Array.isArray(answer.body['needs']) ? answer.body['needs'].map(String) : []
  say.line(
    `${name} approves digest ${digest?.slice(0, 12)}${needs.length > 0 ? `; still missing: ${needs.join('; ')}` : '; policy releases the change'}`,
  )
}

/** 4. Change one, from proposal to completed. Returns its id. */
export const upgrade = async (scene: Scene, { lp_proc_2: patch }: Patches): Promise<string> => {
  const { id } = await proposed(scene, FLEET, patch, scene.plan, 'Fixes for /proc/cmdline and /proc/version', 'demo-change-one')
  scene.say.line(`alice proposes: fleet ${FLEET} to ${patch.name} · change ${id}`)
  const change = await judged(scene, id)
  await showVerdict(scene, id)
  if (change.status === 'in-review') {
    await approve(scene, scene.as.bob, 'bob', change)
    await approve(scene, scene.as.carol, 'carol', change)
  }
  const watch = async () => {
    const current = await showChange(scene, id)
    scene.say.live(rolloutLines(current))
    return current
  }
  const ended = await until(watch, ({ status }) => ENDED.includes(status), PATIENCE_SECONDS, 'the end of change one')
  scene.say.settle()
  scene.say.line(ended.ending ?? ended.status)
  expectation(ended.status === 'completed', `change one is completed, not ${ended.status}`)
  return id
}

/** 5. Change two, back to `1`: blocked, and it says why. */
export const downgrade = async (scene: Scene, { lp_proc_1: patch }: Patches): Promise<void> => {
  const { id } = await proposed(scene, FLEET, patch, scene.plan, 'Back to where we were', 'demo-change-two')
  scene.say.line(`alice proposes: fleet ${FLEET} back to ${patch.name} · change ${id}`)
  const change = await judged(scene, id)
  const verdict = await showVerdict(scene, id)
  const finding = verdict.findings.find(({ code }) => code === 'missing-callback')
  if (finding) scene.say.line(`what would close it: ${finding.remedy}`)
  scene.say.line(`change two is ${change.status}`)
  expectation(change.status === 'blocked' && finding !== undefined, `change two is blocked by missing-callback, not ${change.status}`)
}

/** 6. What the history knows. */
export const askHistory = async ({ as, say }: Scene, { lp_proc_2: patch }: Patches, change: string): Promise<void> => {
  const host = HOSTS.at(-1)?.id ?? ''
  const history = HostHistory.parse((await expecting(as.dave, 'show-host-history', { parameters: { host } }, 200)).body)
  say.line(`${host} over time, newest first:`)
  for (const fact of history.items) {
    const word = fact.change
      ? `by change ${fact.change.id}, proposed by ${fact.change.proposer.id}, approved by ${fact.change.approvedBy.map(({ id }) => id).join(' and ')}`
      : 'before any change'
    say.line(
      `  ${fact.trueAt}  ${fact.state.padEnd(13)} ${fact.livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'} (${word})`,
    )
  }
  const lineage = Lineage.parse((await expecting(as.dave, 'show-lineage', { parameters: { digest: patch.digest } }, 200)).body)
  const names = new Map(lineage.livepatches.map(({ digest, name }) => [digest, name ?? digest.slice(0, 12)]))
  for (const edge of lineage.edges)
    say.line(
      `${names.get(edge.next)} replaced ${edge.previous ? names.get(edge.previous) : 'no livepatch'} on ${counted(edge.hosts, 'host')}: ${counted(edge.kept.length, 'function')} kept, ${edge.repatched.length} re-patched, ${edge.added.length} added, ${edge.reverted.length} reverted`,
    )
  expectation(
    history.items.some(fact => fact.change?.id === change && fact.state === 'applied'),
    `the history of ${host} names change one`,
  )
  expectation(
    lineage.edges.some(edge => edge.next === patch.digest && edge.change === change),
    'the lineage names change one',
  )
}
