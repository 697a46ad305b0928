import * as z from 'zod'
import { foldReport, type Host, type Moved, Report } from '../../shared/fleet/index.ts'
import { WORKFLOW_PRINCIPAL } from '../../shared/policy/index.ts'
import { leaveFor } from '../append-change.ts'
import { isSignedBy, readHostSignature } from '../host-signature.ts'
import { type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import type { InputOf } from '../http/request-shape.ts'
import { nothing } from '../http/request-shape.ts'
import type { HostCall } from '../http/serve.ts'
import { type EvaluatePorts, evaluateWave } from '../lifecycle/evaluate-wave.ts'
import type { Log } from '../log.ts'
import { stableId } from '../stable-id.ts'
import { fleetPath } from './path-schemas.ts'

const REPORTS_MAX = 500
/** A stack with every entry it may have is below this. */
const REPORT_CHARACTERS_MAX = 524_288

export const shape = {
  path: fleetPath,
  query: nothing,
  body: z.strictObject({ reports: z.array(z.string()).min(1).max(REPORTS_MAX) }),
  bytesMax: 5_000_000,
}
export type ReportPorts = EvaluatePorts & { readonly log: Log }

type Rejected = {
  readonly index: number
  readonly code: 'malformed' | 'unknown-host' | 'bad-signature' | 'wrong-fleet'
  readonly detail: string
}
type Signed = { readonly index: number; readonly compact: string }
type Judged = { readonly report: Report } | { readonly rejected: Rejected }

const reject = (index: number, code: Rejected['code'], detail: string): Judged => ({ rejected: { index, code, detail } })

/** One report by itself: whoever sent the batch, only the reporting host's own signature counts. */
const judgeReport = ({ index, compact }: Signed, fleet: string, hosts: ReadonlyMap<string, Host>): Judged => {
  const signature = readHostSignature(compact, REPORT_CHARACTERS_MAX)
  if (!signature) return reject(index, 'malformed', 'Send a compact JWS with alg EdDSA and the host’s id as kid.')
  const host = hosts.get(signature.kid)
  if (!host) return reject(index, 'unknown-host', `Enrol host ${signature.kid} first.`)
  if (!isSignedBy(signature, host.publicKey)) return reject(index, 'bad-signature', `Sign with the key that host ${host.id} enrolled with.`)
  const report = Report.safeParse(signature.payload)
  if (!report.success) return reject(index, 'malformed', z.prettifyError(report.error).slice(0, 500))
  if (report.data.host !== host.id)
    return reject(index, 'bad-signature', `A report on ${report.data.host} is signed by that host, not by ${host.id}.`)
  if (host.fleet !== fleet || report.data.fleet !== fleet) return reject(index, 'wrong-fleet', `Report to fleet ${host.fleet}.`)
  return { report: report.data }
}

const hostsOf = ({ fleets }: ReportPorts, reports: readonly Signed[]): Promise<ReadonlyMap<string, Host>> =>
  fleets.hostsByIds([...new Set(reports.flatMap(({ compact }) => readHostSignature(compact, REPORT_CHARACTERS_MAX)?.kid ?? []))])

/** Oldest first by host. A host that was away sends several at once; they are told apart into rounds, so that each leaves its fact. */
const roundsOf = (reports: readonly Report[]): readonly ReadonlyMap<string, Report>[] => {
  const rounds: Map<string, Report>[] = []
  for (const report of reports.toSorted((a, b) => a.sequence - b.sequence)) {
    const round = rounds.find(candidate => !candidate.has(report.host))
    if (round) round.set(report.host, report)
    else rounds.push(new Map([[report.host, report]]))
  }
  return rounds
}

/** `news`: the changes for which some host now stands elsewhere than before. */
const foldOf =
  (round: ReadonlyMap<string, Report>, at: number, news: Set<string>) =>
  (host: Host): Moved | null => {
    const report = round.get(host.id)
    const moved = report ? foldReport(host, report, at) : null
    if (moved?.host.change && (moved.host.change !== host.change || moved.host.state !== host.state)) news.add(moved.host.change)
    return moved
  }

/**
 * Evaluates the change that the fleet is asked about, if there is news of it: most reports say what is known already. Reports are durable by
 * now, so an evaluation that fails costs no host another try: the sweep looks again within a minute.
 */
const evaluate = async (ports: ReportPorts, fleet: string, news: ReadonlySet<string>): Promise<void> => {
  if (news.size === 0) return
  const asked = (await ports.fleets.directive(fleet))?.directive.ask?.change
  if (asked === undefined || !news.has(asked)) return
  try {
    await ports.policy.refresh()
    await evaluateWave(ports, asked)
  } catch (error) {
    ports.log('error', 'evaluating the open wave failed', { change: asked, error })
  }
}

/**
 * That a host forced its transition belongs into the history of its fleet, with the clearance that it used. A forced host says so until it
 * reboots, and each time the same commit is asked for: what a crash kept from being recorded is recorded with the next report.
 */
const recordForced = async (
  { ledger, fleets, policy }: ReportPorts,
  { host, fleet, change, clearance, bootId }: Report,
  at: number,
): Promise<void> => {
  if (clearance === undefined || (await fleets.clearance(host))?.clearance.id !== clearance) return
  const resource = { type: 'Fleet', id: fleet } as const
  const decision = leaveFor({ policy }, { principal: WORKFLOW_PRINCIPAL, action: 'recordForce', resource })
  const event = { type: 'transition-forced', clearance, host, change, bootId }
  await ledger.record({ stream: `fleet#${fleet}`, event, actor: host, at, commitId: stableId(`forced ${host} ${clearance}`), decision })
}

/** Takes in up to 500 signed host states. One that is wrong is answered by its index and spoils no other. */
export const reportHosts =
  (ports: ReportPorts) =>
  async ({ input: { path, body }, host, at }: HostCall<InputOf<typeof shape>>): Promise<Outcome> => {
    if (host.fleet !== path.fleet) return problem('wrong-fleet', `Report to fleet ${host.fleet}, to which this host belongs.`)
    const signed = body.reports.map((compact, index) => ({ index, compact }))
    const hosts = await hostsOf(ports, signed)
    const judged = signed.map(report => judgeReport(report, path.fleet, hosts))
    const reports = judged.flatMap(found => ('report' in found ? [found.report] : []))
    const news = new Set<string>()
    let accepted = 0
    for (const round of roundsOf(reports))
      accepted += (await ports.fleets.applyReports(path.fleet, [...round.keys()], foldOf(round, at, news), at)).moved
    for (const report of reports) if (report.state === 'forced') await recordForced(ports, report, at)
    await evaluate(ports, path.fleet, news)
    return ok({
      accepted,
      ignored: reports.length - accepted,
      rejected: judged.flatMap(found => ('rejected' in found ? [found.rejected] : [])),
    })
  }
