import { type HaltCommand, halt } from '../../shared/change/index.ts'
import { appendChange, byWorkflow, leaveOf } from '../append-change.ts'
import { type PublishPorts, publishDirective } from '../directive/publish-directive.ts'
import type { Ports } from '../ports.ts'

export type HaltPorts = PublishPorts & Pick<Ports, 'policy' | 'newId'>

/** Halts a change and tells its hosts to stop. A change that is halted or has ended stays as it is. */
export const haltChange = async (ports: HaltPorts, id: string, command: HaltCommand): Promise<'halted' | 'ended'> => {
  const appended = await appendChange<'halted' | 'ended'>(ports, id, loaded => {
    const outcome = halt(loaded.change, command)
    if (outcome.ok) return byWorkflow(outcome.events, leaveOf(ports, 'haltChange', loaded))
    return { settled: outcome.refused === 'ended' ? 'ended' : 'halted' }
  })
  if (!appended) throw new Error(`there is no change ${id}`)
  const loaded = 'loaded' in appended ? appended.loaded : await ports.ledger.loadChange(id)
  if (loaded) await publishDirective(ports, loaded.change, 'loaded' in appended ? 'anew' : 'what-is-new')
  return 'settled' in appended ? appended.settled : 'halted'
}
