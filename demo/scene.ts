import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, expecting } from './client.ts'
import type { PersonName } from './people.ts'
import type { Say } from './say.ts'
import { ChangeDocument, Heads, PatchDocument } from './shapes.ts'

/** What every part of the demonstration works with. */
export type Scene = {
  readonly as: Readonly<Record<PersonName, Client>>
  readonly say: Say
  /** The project's folder, which holds the example livepatches. */
  readonly root: string
  /** How changes are rolled out. */
  readonly plan: { readonly soakSeconds: number; readonly waveSecondsMax: number; readonly pollSeconds: number }
}

export const moduleFile = (root: string, name: string): string => join(root, 'examples/livepatches', `${name}.ko`)

const POLL_MS = 150

/** Asks until the answer is what is waited for; gives up with a sentence after `seconds`. */
export const until = async <T>(ask: () => Promise<T>, is: (value: T) => boolean, seconds: number, what: string): Promise<T> => {
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const value = await ask()
    if (is(value)) return value
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${seconds} s`)
    await sleep(POLL_MS)
  }
}

export const showChange = async ({ as }: Scene, change: string): Promise<ChangeDocument> =>
  ChangeDocument.parse((await expecting(as.alice, 'show-change', { parameters: { change } }, 200)).body)

/** The change that this or an earlier run proposed, or a new one. */
export const proposed = async (
  scene: Scene,
  fleet: string,
  patch: PatchDocument,
  plan: unknown,
  reason: string,
  key: string,
): Promise<ChangeDocument> => {
  const heads = Heads.parse((await expecting(scene.as.alice, 'list-changes', { query: { fleet } }, 200)).body).items
  const earlier = heads.find(head => head.livepatch === patch.digest)
  if (earlier) return showChange(scene, earlier.id)
  const answer = await expecting(scene.as.alice, 'propose-change', { body: { fleet, livepatch: patch.digest, plan, reason }, key }, 201)
  return showChange(scene, String(answer.body['id']))
}

/** Submits an example; the same bytes again are a no-op of the service. */
export const submitted = async ({ as, root }: Scene, name: string): Promise<PatchDocument> => {
  const module = readFileSync(moduleFile(root, name)).toString('base64')
  const answer = await expecting(as.alice, 'submit-patch', { body: { module }, key: `demo-submit-${name}` }, 200, 201)
  return PatchDocument.parse(answer.body)
}
