export type { Commit } from './commit.ts'
