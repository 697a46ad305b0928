export type { Edge } from './edge.ts'
export { edgesOf, type Moves } from './edges-of.ts'
export { edgeKey, lineageGraph, replacedBy, replacedOf, walkLineage } from './lineage-graph.ts'
