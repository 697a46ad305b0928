import { type Stack, stackDigest } from '../shared/kernel/index.ts'
import type { Manifest } from '../shared/livepatch/index.ts'
import { place } from './ftrace.ts'

type Tracers = NonNullable<NonNullable<Stack['tracing']>['tracers']>

/** Users of tracing on functions that the livepatch patches. */
const concerned = (tracers: Tracers, { objects }: Manifest): Tracers => {
  const functions = new Set(objects.flatMap(({ name, functions }) => functions.map(func => place(name, func.name))))
  return tracers.filter(tracer => functions.has(place(tracer.object, tracer.function)))
}

/** Loaded modules without those that are told of only because somebody traces them, and that the livepatch has nothing to do with. */
const untraced = ({ targets, tracing }: Stack, { objects }: Manifest): Stack['targets'] => {
  const traced = new Set((tracing?.tracers ?? []).map(({ object }) => object))
  const patched = new Set(objects.map(({ name }) => name))
  return targets.filter(name => !traced.has(name) || patched.has(name))
}

/**
 * The stacks that this one is as good as, as far as the livepatch is concerned: it has nothing to do with who traces other functions,
 * so a probe that somebody sets somewhere else while a change is under way keeps no host out. Nobody who traces and nothing said of
 * tracing come to the same for the verdict.
 */
const equals = (stack: Stack, livepatch: Manifest): readonly Stack[] => {
  const { tracing, ...silent } = stack
  if (!tracing) return [stack]
  const tracers = concerned(tracing.tracers ?? [], livepatch)
  const reduced = { ...tracing, tracers }
  const told: readonly Stack[] = tracing.tracers === null ? [stack] : [{ ...stack, tracing: reduced }]
  const unsaid: readonly Stack[] = tracers.length === 0 && tracing.ftraceEnabled ? [silent, { ...silent, tracing: reduced }] : []
  const targets = untraced(stack, livepatch)
  return [stack, ...[...told, ...unsaid].flatMap(each => [each, { ...each, targets }])]
}

/**
 * Whether the verdict covered this stack. Null: the livepatch cannot be read, or not yet; where somebody traces anything, that cannot be
 * told then, and `otherwise` is the answer.
 */
export const isAdmitted = (stack: Stack, admitted: readonly string[], livepatch: Manifest | null, otherwise: boolean): boolean => {
  if (admitted.includes(stackDigest(stack))) return true
  if (livepatch === null) return stack.tracing !== undefined && otherwise
  return equals(stack, livepatch).some(each => admitted.includes(stackDigest(each)))
}
