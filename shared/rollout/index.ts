export { Directive, SignedDirective } from './directive.ts'
export { BUCKETS, type Budget, Plan, SLOTS } from './plan.ts'
