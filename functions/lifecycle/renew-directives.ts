import { copyDirective, issueForChange, type PublishPorts } from '../directive/publish-directive.ts'
import { renewDirective } from '../directive/renew-directive.ts'

const PAGE = 100
/** A directive younger than this may have been stored by somebody who died before copying it. */
const COPIED_SECONDS_MAX = 180

/**
 * Makes true what a writer that died left half done: a directive says what its change has become, lies where hosts fetch it, and does not
 * expire while nothing changes. A fleet where all is well costs a few reads.
 */
const renewOne = async (ports: PublishPorts, fleet: string): Promise<void> => {
  const before = (await ports.fleets.directive(fleet))?.directive
  if (before?.ask) await issueForChange(ports, { id: before.ask.change, fleet })
  const signed = await renewDirective(ports, fleet)
  const { version, issuedAt } = signed.directive
  if (version !== before?.version || ports.now() - issuedAt < COPIED_SECONDS_MAX * 1_000) await copyDirective(ports, fleet, signed)
}

export const renewDirectives = async (ports: PublishPorts): Promise<void> => {
  let cursor: string | undefined
  do {
    const page = await ports.fleets.list({ limit: PAGE, cursor })
    for (const { id } of page.items) await renewOne(ports, id)
    cursor = page.next
  } while (cursor !== undefined)
}
