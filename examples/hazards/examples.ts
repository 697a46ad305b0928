import { CALLBACKS } from './callbacks.ts'
import { CONSISTENCY } from './consistency.ts'
import { CUMULATIVE_PATCHES } from './cumulative-patches.ts'
import type { Examples } from './example.ts'
import { SHADOW_VARIABLES } from './shadow-vars.ts'
import { SYSTEM_STATE } from './system-state.ts'
import { TRACING } from './tracing.ts'

/** Every example by the page of Documentation/livepatch that it is about. */
export const PAGES: Readonly<Record<string, Examples>> = {
  'cumulative-patches': CUMULATIVE_PATCHES,
  'system-state': SYSTEM_STATE,
  callbacks: CALLBACKS,
  'shadow-vars': SHADOW_VARIABLES,
  'livepatch: consistency model': CONSISTENCY,
  'livepatch: limitations': TRACING,
}

/** The same by name; no two pages have one of the same name. */
export const EXAMPLES: Examples = Object.assign({}, ...Object.values(PAGES))
