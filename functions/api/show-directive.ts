import { directiveText } from '../directive/publish-directive.ts'
import { renewDirective } from '../directive/renew-directive.ts'
import { etagOf, notModified, type Outcome, ok } from '../http/answer.ts'
import { problem } from '../http/problem.ts'
import { type InputOf, noBody, nothing } from '../http/request-shape.ts'
import type { HostCall } from '../http/serve.ts'
import type { Ports } from '../ports.ts'
import { fleetPath } from './path-schemas.ts'

export const shape = { path: fleetPath, query: nothing, body: noBody }

/** A host reads the directive of its own fleet and of no other; one that it has already costs it no body. */
export const showDirective =
  (ports: Pick<Ports, 'fleets' | 'signingKey' | 'now'>) =>
  async ({ input: { path }, host, ifNoneMatch }: HostCall<InputOf<typeof shape>>): Promise<Outcome> => {
    if (host.fleet !== path.fleet)
      return problem('wrong-fleet', `Ask for the directive of fleet ${host.fleet}, to which this host belongs.`)
    const signed = await renewDirective(ports, path.fleet)
    const etag = etagOf(signed.directive.version)
    return ifNoneMatch === etag ? notModified(etag) : ok(JSON.parse(directiveText(signed)), { etag })
  }
