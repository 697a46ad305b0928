import type { Change } from '../shared/change/index.ts'
import type { Situation } from '../shared/policy/index.ts'
import type { Ports } from './ports.ts'

/** In which situation a change is now, as far as its release is decided on it. */
export const situationOf = async ({ now }: Pick<Ports, 'now'>, _: Pick<Change, 'fleet' | 'livepatch'>): Promise<Situation> => ({
  now: now(),
  held: [],
})
