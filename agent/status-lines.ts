import { isStopInForce } from '../shared/rollout/index.ts'
import type { Identity } from './identity.ts'
import type { AgentState } from './state.ts'

const iso = (at: number): string => new Date(at).toISOString()

const directiveText = ({ accepted }: AgentState, now: number): string => {
  if (accepted === null) return 'none yet'
  const { version, expiresAt, stopped, ask } = accepted.directive
  const asked =
    ask === null ? 'asks for nothing' : `asks for ${ask.livepatch.name} by change ${ask.change}, ${ask.share / 100} % of the fleet`
  const told = stopped ? `STOPPED: nothing begins; it ${asked}` : asked
  return `${version}, ${told}; ${expiresAt > now ? 'until' : 'expired at'} ${iso(expiresAt)}`
}

const stopText = ({ stop }: AgentState, now: number): string => {
  const order = stop?.order ?? null
  if (order === null || !isStopInForce(order, now)) return 'none in force'
  return `${order.version}, EVERYTHING IS STOPPED until ${iso(order.expiresAt)}: ${order.reason}`
}

const workText = ({ work }: AgentState): string => {
  if (work === null) return 'none'
  const { change, livepatch, failure, loadedAt } = work
  const came =
    failure === null ? (loadedAt === null ? 'not loaded yet' : `loaded at ${iso(loadedAt)}`) : `${failure.state}: ${failure.refusal.detail}`
  return `${livepatch.name} for change ${change}, ${came}`
}

const refusedText = ({ directiveRefusal, stopRefusal }: AgentState): string =>
  [directiveRefusal, stopRefusal].flatMap(refusal => (refusal === null ? [] : [`${refusal.code}: ${refusal.detail}`])).join('; ') ||
  'nothing'

/** What an agent last believed and did, a line each, for who stands before the host. `now`: epoch milliseconds. */
export const statusLines = ({ host, fleet }: Identity, state: AgentState, now: number): readonly string[] =>
  [
    ['host', `${host} of fleet ${fleet}`],
    ['stop order', stopText(state, now)],
    ['directive', directiveText(state, now)],
    ['work', workText(state)],
    ['refused', refusedText(state)],
    ['to do', state.forcedBoot === null ? 'nothing' : `reboot, if it still runs boot ${state.forcedBoot}: a transition was forced there`],
  ].map(([name = '', text = '']) => `${name.padEnd(12)}${text.replace(/\p{Cc}+/gu, ' ')}`)
