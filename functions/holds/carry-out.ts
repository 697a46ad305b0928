import { heldDetail } from '../../shared/policy/index.ts'
import { publishDirective } from '../directive/publish-directive.ts'
import { type HaltPorts, haltChange } from '../lifecycle/halt-change.ts'
import { releaseIfDue } from '../lifecycle/release-if-due.ts'
import { noEarlier } from '../no-earlier.ts'
import type { Ports } from '../ports.ts'
import { holdsOn } from '../situation-of.ts'
import { wakeIfDue } from '../wake.ts'
import { eachFleet, type FleetNow, hostsInTransition } from './fleets-now.ts'
import { tellStop } from './tell-stop.ts'

export type CarryOutPorts = HaltPorts & Pick<Ports, 'workflow'>

/** What a hold did: changes that it halted, and hosts that are in a transition all the same. */
export type CarriedOut = { readonly halted: readonly string[]; readonly inTransition: number }

/** A completed change asks hosts that come late, and an older hold may have stopped it already: then it is said anew. */
const tellAsking = async (ports: CarryOutPorts, { fleet, asking }: FleetNow): Promise<void> => {
  const loaded = asking === null ? null : await ports.ledger.loadChange(asking)
  if (!loaded) return
  const held = await holdsOn(noEarlier(ports, loaded), loaded.change)
  await publishDirective(ports, { id: loaded.change.id, fleet }, held.length > 0 ? 'anew' : 'what-is-new')
}

const haltHeld = async (ports: CarryOutPorts, { active }: FleetNow): Promise<readonly string[]> => {
  if (active?.status !== 'released' && active?.status !== 'rolling') return []
  if ((await holdsOn(ports, active)).length === 0) return []
  const loaded = await ports.ledger.loadChange(active.id)
  const held = loaded ? await holdsOn(noEarlier(ports, loaded), active) : []
  if (held.length === 0) return []
  const became = await haltChange(ports, active.id, { code: 'held', detail: heldDetail(held) })
  await wakeIfDue(ports, active.id)
  return became === 'halted' ? [active.id] : []
}

/**
 * Halts what is under way though it is held, in one fleet or in all (null), and tells hosts to stop. What is to be halted follows from the holds in
 * force and never from what an earlier attempt remembers, so whoever calls it next finishes what another one began.
 */
export const carryOutHolds = async (ports: CarryOutPorts, fleet: string | null): Promise<CarriedOut> => {
  const done = await eachFleet(ports, fleet, async now => {
    const halted = await haltHeld(ports, now)
    if (now.asking !== halted[0]) await tellAsking(ports, now)
    return { halted, inTransition: await hostsInTransition(ports, now) }
  })
  return {
    halted: done.flatMap(({ halted }) => halted),
    inTransition: done.reduce((sum, { inTransition }) => sum + inTransition, 0),
  }
}

/** The sweep's part: what a request left that died half way, and a stop order that is to be renewed. Where nothing is held it costs two reads. */
export const carryOutLeft = async (ports: CarryOutPorts): Promise<void> => {
  await tellStop(ports)
  if ((await ports.holds.standing(ports.now())).length > 0) await eachFleet(ports, null, now => haltHeld(ports, now))
}

/** What nobody holds any more goes on: changes with their approvals are released, and hosts that come late are asked again. Halted ones wait for a person. */
export const letGo = async (ports: CarryOutPorts, fleet: string | null): Promise<void> => {
  await eachFleet(ports, fleet, async now => {
    if (now.active?.status === 'in-review') {
      await releaseIfDue(ports, now.active.id)
      await wakeIfDue(ports, now.active.id)
    }
    await tellAsking(ports, now)
  })
}
