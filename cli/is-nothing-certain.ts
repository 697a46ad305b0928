import type { InspectedModule } from '../shared/livepatch/index.ts'

const NOTHING_CERTAIN: readonly string[] = ['dynamic', 'ambiguous', 'malformed']

/** Whether a script must not rely on what was read of the livepatch: exit code 11. */
export const isNothingCertain = ({ patch }: InspectedModule): boolean => NOTHING_CERTAIN.includes(patch.status)
