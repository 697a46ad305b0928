import type { CallbackKind } from '../livepatch/index.ts'
import type { MessageId } from './klp/log.ts'
import type { ModuleState } from './machine.ts'

/** What klp_get_state and klp_get_prev_state answer to a callback; `previous` is null where there is none. */
export type StateSeen = { readonly id: string; readonly version: number; readonly previous: number | null }

/**
 * What an operation made happen, in order: lines of the kernel log, callbacks of livepatches, init and exit of modules.
 * What a callback, an init or an exit prints is its author's, so it is not known here.
 */
export type KernelEvent =
  | { readonly kind: 'message'; readonly message: MessageId; readonly text: string }
  | {
      readonly kind: 'callback'
      readonly livepatch: string
      readonly object: string | null
      readonly callback: CallbackKind
      /** State of the object's module at that moment; 'none' for vmlinux. */
      readonly module: ModuleState | 'none'
      readonly states: readonly StateSeen[]
    }
  | { readonly kind: 'init' | 'exit'; readonly module: string }
  /** A call of the shadow variable API came back; null: with a null pointer, or with nothing. */
  | { readonly kind: 'shadow'; readonly call: string; readonly object: string; readonly id: string; readonly data: string | null }
  | { readonly kind: 'constructor' | 'destructor'; readonly object: string; readonly id: string }
