import type { TransitionEvidence } from '../../shared/fleet/index.ts'
import { enrolment, hostToken, issueTokens, jws, newHost } from '../end-to-end/hosts.ts'
import type { OnePlatform } from '../end-to-end/one-platform.ts'

const HARM = '<img src=x onerror="window.harmed=1">'
const EVIDENCE: TransitionEvidence = {
  livepatch: 'lp_proc_2',
  direction: 'patching',
  since: 1_000,
  at: 61_000,
  waiting: 1,
  tasks: [
    {
      pid: 42,
      name: `reader${HARM}`.slice(0, 64),
      kthread: false,
      state: 'D',
      functions: ['vmlinux:version_proc_show'],
      stack: ['version_proc_show+0x1/0x9'],
    },
  ],
  unproven: [],
  log: [`livepatch: signaling remaining tasks ${HARM}`],
}

/** A host of a fleet of its own whose transition, of a change that was approved, stands still. */
export const stalledHost = async (platform: OnePlatform, fleet: string, livepatch: string): Promise<string> => {
  const { ask } = platform
  await ask('create-fleet', { as: 'alice', body: { id: fleet, pollSeconds: 0.3 } })
  const host = newHost(`${fleet}.host-1`, fleet)
  const [token = ''] = await issueTokens(platform, fleet, 1)
  await ask('enrol-host', { as: { token }, path: { fleet }, body: enrolment(host) })
  let sequence = 0
  const say = (over: object) => {
    sequence += 1
    const stack = { kernelRelease: '6.1.0-50-amd64', livepatches: [], resident: [], targets: [], forced: false }
    const said = { bootId: 'boot', state: 'unapplied', stack, change: null, refusal: null, directiveVersion: 0, ...over }
    const report = { schema: 'supersede.report/1', host: host.id, fleet, sequence, at: Date.now(), ...said }
    const reports = [jws(report, host.key, { alg: 'EdDSA', kid: host.id })]
    return ask('report-hosts', { as: { token: hostToken(host) }, path: { fleet }, body: { reports } })
  }
  await say({})
  const plan = { waves: [{ share: 10_000 }], pollSeconds: 1 }
  const proposed = await ask('propose-change', { as: 'alice', body: { fleet, livepatch, reason: 'stalls', plan } })
  const change = String(proposed.body['id'])
  await say({ state: 'transition-stalled', change, transition: EVIDENCE })
  return host.id
}
