import type { BreakGlass, ChangeEvent, WaveCounts } from '../../shared/change/index.ts'
import type { Plan } from '../../shared/rollout/index.ts'

const percent = (share: number): string => `${share / 100} %`
const hosts = (count: number): string => `${count} ${count === 1 ? 'host' : 'hosts'}`

const describeCounts = ({ hosts: all, applied, failed, stalled, silent }: WaveCounts): string => {
  const others = [failed > 0 ? `${failed} failed` : '', stalled > 0 ? `${stalled} stalled` : '', silent > 0 ? `${silent} silent` : '']
  return [`${applied} of ${hosts(all)} applied`, ...others.filter(text => text !== '')].join(', ')
}

const signed = (codes: readonly string[] = []): string => (codes.length === 0 ? '' : ` and signed off ${codes.join(', ')}`)

const STACKS_NAMED_MAX = 3

const describeRejudged = ({ hosts: count, cohorts, worse, verdict }: Extract<ChangeEvent, { type: 'rejudged' }>): string => {
  const more = cohorts.length > STACKS_NAMED_MAX ? ', …' : ''
  const stacks = `${cohorts
    .slice(0, STACKS_NAMED_MAX)
    .map(cohort => cohort.slice(0, 12))
    .join(', ')}${more}`
  const found = worse.length === 0 ? 'no worse than what was approved' : `worse: ${worse.join('; ')}`
  return `${hosts(count)} ${count === 1 ? 'has a stack' : 'have stacks'} that nothing had judged (${stacks}); judged again, it is ${found} (verdict ${verdict.slice(0, 12)})`
}
const emergency = (named?: BreakGlass): string => {
  if (named === undefined) return ''
  const { incident, reason, passes, accepts = [] } = named
  const does = [
    ...(passes.length === 0 ? [] : [`to pass ${passes.join(', ')}`]),
    ...(accepts.length === 0 ? [] : [`to accept ${accepts.join(', ')}`]),
  ]
  return ` (emergency ${incident}, ${does.join(' and ')}: ${reason})`
}

const byRoute = ({ route = 'replace' }: Plan): string => (route === 'replace' ? '' : ` by the route ${route}`)

const carriedText = (people: readonly string[] = []): string =>
  people.length === 0 ? '' : `; approvals of ${people.join(', ')} count on, because only the policies moved`

const onBehalf = (people: readonly { readonly name: string }[] = []): string =>
  people.length === 0 ? '' : ` on behalf of ${people.map(({ name }) => name).join(' and ')}`

/** One line for a person's eyes. */
export const describeEvent = (event: ChangeEvent): string => {
  switch (event.type) {
    case 'proposed':
      return `${event.proposer.name} proposed livepatch ${event.livepatch.slice(0, 12)} for fleet ${event.fleet}${byRoute(event.plan)}: ${event.reason}${emergency(event.breakGlass)}`
    case 'revised':
      return `${event.by.name} revised it${event.plan === undefined ? '' : ` with another plan${byRoute(event.plan)}`}: ${event.reason}`
    case 'judged':
      return `The verdict is ${event.outcome}${event.downgrade ? ', and this is a downgrade' : ''}${carriedText(event.carried)}`
    case 'blocked':
      return `The verdict blocks it: ${event.codes.join(', ')}`
    case 'approved':
      return `${event.by.name} approved${onBehalf(event.onBehalf)}${signed(event.signOff)}${event.comment === '' ? '' : `: ${event.comment}`}`
    case 'emergency-confirmed':
      return `${event.by.name} confirmed the emergency`
    case 'review-closed':
      return `${event.by.name} closed the review of the emergency: ${event.text}`
    case 'delegated':
      return `${event.by.name} lets ${event.to} decide instead, until ${event.until}`
    case 'delegation-revoked':
      return `${event.by.name} no longer lets ${event.to} decide instead`
    case 'changes-requested':
      return `${event.by.name} asked for changes: ${event.reason}`
    case 'withdrawn':
      return `${event.by.name} took it back${event.reason === '' ? '' : `: ${event.reason}`}`
    case 'commented':
      return `${event.by.name} says: ${event.text}`
    case 'rejected':
      return `${event.by.name} rejected: ${event.reason}`
    case 'released':
      return 'Policy released it'
    case 'expired':
      return event.detail
    case 'rejudged':
      return describeRejudged(event)
    case 'wave-opened':
      return `Wave ${event.wave + 1} opened: ${percent(event.share)} of the fleet`
    case 'wave-filled':
      return `Wave ${event.wave + 1} is heard from: ${describeCounts(event.counts)}`
    case 'wave-passed':
      return `Wave ${event.wave + 1} passed: ${describeCounts(event.counts)}`
    case 'halted':
      return `Halted (${event.reason.code}): ${event.reason.detail}`
    case 'resumed':
      return `${event.by.name} resumed it`
    case 'aborted':
      return `${event.by.name} aborted it: ${event.reason}`
    case 'completed':
      return `Completed: ${describeCounts(event.counts)}`
  }
}
