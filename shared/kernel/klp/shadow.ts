import type { Draft, Machine } from '../machine.ts'
import { say } from './log.ts'

/**
 * Shadow variables: data that livepatches attach to an object, by its address and a number. The table belongs to the kernel, not to
 * a livepatch, so it survives disabling, replacing and unloading. Source: kernel/livepatch/shadow.c.
 */
export type ShadowVariable = {
  /** Stands for the address of what it is attached to. */
  readonly object: string
  /** Decimal. */
  readonly id: string
  readonly data: string
}

/** What a livepatch's code asks for. `constructed` is what the constructor returns, if one is given. */
export type ShadowCall =
  | { readonly call: 'get'; readonly object: string; readonly id: string }
  | {
      readonly call: 'alloc' | 'get_or_alloc'
      readonly object: string
      readonly id: string
      readonly data: string
      readonly constructed?: number
    }
  | { readonly call: 'free'; readonly object: string; readonly id: string; readonly destructor?: boolean }
  | { readonly call: 'free_all'; readonly id: string; readonly destructor?: boolean }

/** Source: kernel/livepatch/shadow.c: klp_shadow_find. */
const find = (machine: Pick<Machine, 'shadows'>, object: string, id: string): ShadowVariable | undefined =>
  machine.shadows.find(shadow => shadow.object === object && shadow.id === id)

const hexadecimal = (id: string): string => BigInt(id).toString(16)

/**
 * Attaches a new variable, or finds the one that is there: for `alloc` that is a mistake, which warns and answers nothing. The
 * constructor runs only for a new one, before anybody can see it; if it fails nothing is attached.
 * Source: kernel/livepatch/shadow.c: __klp_shadow_get_or_alloc.
 */
const allocate = (draft: Draft, call: Extract<ShadowCall, { call: 'alloc' | 'get_or_alloc' }>): string | null => {
  const { object, id, data, constructed } = call
  const existing = find(draft, object, id)
  if (existing !== undefined) {
    if (call.call === 'get_or_alloc') return existing.data
    say(draft, 'shadow-duplicate', object, hexadecimal(id))
    return null
  }
  if (constructed !== undefined) draft.events.push({ kind: 'constructor', object, id })
  if (constructed !== undefined && constructed !== 0) {
    say(draft, 'shadow-constructor', object, hexadecimal(id), `${constructed}`)
    return null
  }
  draft.shadows = [...draft.shadows, { object, id, data }]
  return data
}

/** Source: kernel/livepatch/shadow.c: klp_shadow_free, klp_shadow_free_all. In which order the kernel frees all is not defined. */
const free = (draft: Draft, isMeant: (shadow: ShadowVariable) => boolean, destructor: boolean): null => {
  const meant = draft.shadows.filter(isMeant)
  if (meant.length === 0) return null
  draft.shadows = draft.shadows.filter(shadow => !meant.includes(shadow))
  if (destructor) for (const { object, id } of meant) draft.events.push({ kind: 'destructor', object, id })
  return null
}

/** What the call answers: the data that the pointer leads to, or null for a null pointer and for calls that answer nothing. */
export const callShadow = (draft: Draft, call: ShadowCall): string | null => {
  const data = perform(draft, call)
  draft.events.push({ kind: 'shadow', call: call.call, object: 'object' in call ? call.object : '', id: call.id, data })
  return data
}

const perform = (draft: Draft, call: ShadowCall): string | null => {
  switch (call.call) {
    case 'get':
      return find(draft, call.object, call.id)?.data ?? null
    case 'alloc':
    case 'get_or_alloc':
      return allocate(draft, call)
    case 'free':
      return free(draft, shadow => shadow.object === call.object && shadow.id === call.id, call.destructor ?? false)
    case 'free_all':
      return free(draft, shadow => shadow.id === call.id, call.destructor ?? false)
  }
}
