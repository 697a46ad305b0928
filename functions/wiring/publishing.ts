import type { PublishPorts } from '../directive/publish-directive.ts'
import { now } from './around.ts'
import { objects, publicUrl, signingKey } from './services.ts'
import { store } from './store.ts'

/** What a function needs that tells hosts something. */
export const publishing = (): PublishPorts => {
  const { ledger, holds, catalog, fleets } = store()
  return { ledger, holds, catalog, fleets, objects: objects(), signingKey: signingKey(), publicUrl: publicUrl(), now }
}
