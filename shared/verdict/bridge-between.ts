import type { Manifest } from '../livepatch/index.ts'
import { type Bridge, smallestBridge } from './bridge.ts'
import { accountOf, type Met } from './obligations.ts'

/** Every module is taken to be loaded that the livepatches patch, so that the answer fits all hosts. */
const accountBetween = (running: readonly Manifest[], livepatch: Manifest): readonly Met[] =>
  accountOf(livepatch, { running, replacedEarlier: [], residents: [], isLoaded: () => true })

/** The bridge from what runs to a livepatch. Null: none is needed, or, where a system state would be lost, none is possible. */
export const bridgeBetween = (running: readonly Manifest[], livepatch: Manifest): Bridge | null =>
  smallestBridge(livepatch, running, accountBetween(running, livepatch))

/** What replacing what runs by a livepatch would leave open, as `<livepatch>:<object|vmlinux>:<callback>`: what a bridge has to close. */
export const openBetween = (running: readonly Manifest[], livepatch: Manifest): readonly string[] =>
  accountBetween(running, livepatch)
    .filter(({ by }) => by === 'nothing')
    .map(({ obligation }) => obligation.text)
