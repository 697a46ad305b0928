import type { Stack } from '../kernel/index.ts'
import { type Manifest, objectName } from '../livepatch/index.ts'

type Tracer = NonNullable<NonNullable<Stack['tracing']>['tracers']>[number]

/** Functions of a livepatch that are there to be hooked now, as `object:function`: those of vmlinux and of loaded modules. */
export const hookedNow = ({ objects }: Manifest, { targets }: Stack): ReadonlySet<string> =>
  new Set(
    objects
      .filter(({ name }) => name === null || targets.includes(name))
      .flatMap(({ name, functions }) => functions.map(func => `${objectName(name)}:${func.name}`)),
  )

/** What a tracer looks at, in the same form. */
export const tracedBy = (tracer: Tracer): string => `${objectName(tracer.object)}:${tracer.function}`

/** Who looks at functions that a livepatch hooks; empty where the host does not say. */
export const tracersOf = (livepatch: Manifest, stack: Stack): readonly Tracer[] => {
  const tracers = stack.tracing?.tracers ?? []
  if (tracers.length === 0) return tracers
  const hooked = hookedNow(livepatch, stack)
  return tracers.filter(tracer => hooked.has(tracedBy(tracer)))
}
