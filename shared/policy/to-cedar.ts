import type { CedarValueJson, Context, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs'
import type { Principal, ReleaseContext, Request, Resource } from './request.ts'

const uid = (type: string, id: string): TypeAndId => ({ type, id })
const reference = (type: string, id: string): CedarValueJson => ({ __entity: uid(type, id) })
const entity = (id: TypeAndId, attrs: EntityJson['attrs'] = {}, parents: readonly TypeAndId[] = []): EntityJson => ({
  uid: id,
  attrs,
  parents: [...parents],
})

const HOUSE_UID = uid('House', 'supersede')
/** One request, one tally: its name is nobody's business. */
const TALLY_UID = uid('Approvals', 'current')

const principalOf = (principal: Principal): { readonly at: TypeAndId; readonly entities: readonly EntityJson[] } => {
  if (principal.type === 'Workflow') return { at: uid('Workflow', 'supersede'), entities: [entity(uid('Workflow', 'supersede'))] }
  const at = uid('Person', principal.id)
  const groups = [...new Set(principal.groups)].map(group => uid('Group', group))
  return { at, entities: [entity(at, {}, groups)] }
}

const authorsOf = ({ proposer, builder }: Extract<Resource, { type: 'Change' }>): EntityJson['attrs'] => ({
  proposer: reference('Person', proposer),
  ...(builder === undefined ? {} : { builder: reference('Person', builder) }),
})

const resourceOf = (resource: Resource): { readonly at: TypeAndId; readonly entities: readonly EntityJson[] } => {
  switch (resource.type) {
    case 'House':
      return { at: HOUSE_UID, entities: [] }
    case 'Patch':
    case 'Fleet': {
      const at = uid(resource.type, resource.id)
      return { at, entities: [entity(at, {}, [HOUSE_UID])] }
    }
    case 'Change': {
      const at = uid('Change', resource.id)
      const fleet = uid('Fleet', resource.fleet)
      return {
        at,
        entities: [entity(at, authorsOf(resource), [fleet]), entity(fleet, {}, [HOUSE_UID])],
      }
    }
    case 'PolicyEdit': {
      const at = uid('PolicyEdit', resource.id)
      const over = resource.fleet === null ? HOUSE_UID : uid('Fleet', resource.fleet)
      const fleet = resource.fleet === null ? [] : [entity(over, {}, [HOUSE_UID])]
      return { at, entities: [entity(at, { proposer: reference('Person', resource.proposer) }, [over]), ...fleet] }
    }
    case 'Hold': {
      const at = uid('Hold', resource.id)
      const about = resource.fleet === null ? HOUSE_UID : uid('Fleet', resource.fleet)
      const attrs = { owner: reference('Person', resource.owner), scope: resource.scope }
      return { at, entities: [entity(at, attrs, [about]), ...(resource.fleet === null ? [] : [entity(about, {}, [HOUSE_UID])])] }
    }
  }
}

const tallyOf = ({ people, members, signedOff, changesRequested }: ReleaseContext['approvals']): EntityJson => ({
  ...entity(TALLY_UID, { people, signedOff: [...signedOff], changesRequested }),
  tags: { ...members },
})

const contextOf = (request: Request): { readonly context: Context; readonly entities: readonly EntityJson[] } => {
  switch (request.action) {
    case 'approveChange':
    case 'decidePolicyEdit':
      return { context: { decision: request.context.decision }, entities: [] }
    case 'enactPolicy': {
      const { approvals, scope } = request.context
      return { context: { approvals: { __entity: TALLY_UID }, scope }, entities: [tallyOf(approvals)] }
    }
    case 'controlChange':
      return { context: { command: request.context.command }, entities: [] }
    case 'clearTransition':
      return { context: { author: reference('Person', request.context.author) }, entities: [] }
    case 'placeHold':
      return { context: { scope: request.context.scope }, entities: [] }
    case 'releaseChange':
    case 'openWave': {
      const { approvals, verdict, plan, route, tier, frozen, outsideWindows, held, unconsented, unconfirmed, breakGlass } = request.context
      const context = {
        approvals: { __entity: TALLY_UID },
        verdict: {
          ...verdict,
          ...{ block: [...verdict.block], review: [...verdict.review] },
          ...{ fixesLost: [...verdict.fixesLost], accepted: [...verdict.accepted] },
        },
        plan: { ...plan, soakSeconds: Math.floor(plan.soakSeconds) },
        route,
        tier,
        frozen: [...frozen],
        outsideWindows,
        held: [...held],
        unconsented: [...unconsented],
        unconfirmed: [...unconfirmed],
        breakGlass: { ...breakGlass, passes: [...breakGlass.passes] },
      }
      return { context, entities: [tallyOf(approvals)] }
    }
    default:
      return { context: {}, entities: [] }
  }
}

/** A request in Cedar's terms: three names, a context, and the entities that the names stand for. Nothing else is known to policies. */
export const toCedar = (request: Request) => {
  const principal = principalOf(request.principal)
  const resource = resourceOf(request.resource)
  const { context, entities } = contextOf(request)
  /* A person may be principal and proposer at once; Cedar wants each entity once. */
  return {
    principal: principal.at,
    action: uid('Action', request.action),
    resource: resource.at,
    context,
    entities: [...principal.entities, ...resource.entities, ...entities],
  }
}
