import type { Manifest } from '../livepatch/index.ts'
import { type Bridge, smallestBridge } from './bridge.ts'
import { accountOf } from './obligations.ts'

/**
 * The bridge from what runs to a livepatch, with every module loaded that the livepatches patch, so that it fits all hosts. Null: none
 * is needed, or, where a system state would be lost, none is possible.
 */
export const bridgeBetween = (running: readonly Manifest[], livepatch: Manifest): Bridge | null =>
  smallestBridge(livepatch, running, accountOf(livepatch, { running, replacedEarlier: [], residents: [], isLoaded: () => true }))
