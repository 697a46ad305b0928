import { LIFECYCLE_TASKS, OPERATIONS } from '../shared/operations/index.ts'

/** Where the entry of each deployed function lies, by the function's name. */
export const FUNCTION_ENTRIES: Readonly<Record<string, string>> = Object.fromEntries([
  ...OPERATIONS.map(({ id }) => [id, `functions/api/${id}.entry.ts`]),
  ...[...LIFECYCLE_TASKS, 'sweep'].map(task => [task, `functions/lifecycle/${task}.entry.ts`]),
  ['deliver-notices', 'functions/notice/deliver-notices.entry.ts'],
  ['host-authorizer', 'functions/authorizer/host-authorizer.entry.ts'],
])
