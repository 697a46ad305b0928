export type { Edge } from './edge.ts'
