import { copyDirective } from '../directive/publish-directive.ts'
import { renewDirective } from '../directive/renew-directive.ts'
import type { Ports } from '../ports.ts'

export type RenewPorts = Pick<Ports, 'fleets' | 'objects' | 'signingKey' | 'now'>

const PAGE = 100

/** Keeps the directives that hosts fetch from the object storage from expiring while nothing changes. A fresh one costs one read. */
export const renewDirectives = async (ports: RenewPorts): Promise<void> => {
  let cursor: string | undefined
  do {
    const page = await ports.fleets.list({ limit: PAGE, cursor })
    for (const { id } of page.items) {
      const before = await ports.fleets.directive(id)
      const signed = await renewDirective(ports, id)
      if (signed.directive.version !== before?.directive.version) await copyDirective(ports, id, signed)
    }
    cursor = page.next
  } while (cursor !== undefined)
}
