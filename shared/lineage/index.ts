export type { Edge } from './edge.ts'
export { edgesOf, type MovedCohort, type Moves } from './edges-of.ts'
export { type Direction, edgeKey, type LineageGraph, lineageGraph, replacedBy, replacedOf, walkLineage } from './lineage-graph.ts'
