export { chain, commitHash, type Draft, type End, verifyChain } from './chain.ts'
export type { Commit } from './commit.ts'
