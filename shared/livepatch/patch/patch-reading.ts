import type { InspectedPatch } from '../inspected-module.ts'
import type { ReadObject } from './read-objects.ts'

/** A patch as one flavour's reader leaves it: the hashes of the new functions' code are still missing. */
export type PatchReading = Omit<InspectedPatch, 'objects'> & { objects: ReadObject[] | null }
