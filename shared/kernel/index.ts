export { Stack, type StackEntry, stackDigest } from './stack.ts'
