import type { Stack } from '../shared/kernel/index.ts'
import { type Hooked, type Kprobe, place } from './ftrace.ts'

type Tracing = NonNullable<Stack['tracing']>
export type Tracer = NonNullable<Tracing['tracers']>[number]

/** As many as a report may carry. */
const TRACERS_MAX = 256

const keyOf = ({ object, function: name, kind, exclusive }: Tracer): string => `${place(object, name)} ${kind} ${exclusive}`

const sorted = (tracers: readonly Tracer[]): readonly Tracer[] =>
  tracers.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))

/** Those that may redirect a function keep a livepatch from loading, so they are the last to be left out. */
const bounded = (tracers: readonly Tracer[]): readonly Tracer[] => {
  const distinct = [...new Map(tracers.map(tracer => [keyOf(tracer), tracer])).values()]
  const first = distinct.filter(({ exclusive }) => exclusive)
  return sorted([...sorted(first), ...sorted(distinct.filter(({ exclusive }) => !exclusive))].slice(0, TRACERS_MAX))
}

/**
 * Users of tracing that a livepatch and they could get into each other's way, and no others, because every difference makes another
 * cohort:
 * - one that may redirect a function, unless that is a livepatch's own hook (`livepatched`): of such there can be one only;
 * - a kprobe in the body of a function, which nobody reaches once the function is redirected.
 * Probes at the entry of a function, return probes and the function tracer are called by ftrace before and after a livepatch, so they
 * go on seeing each call, and are not told. (Recorded on 6.1, 6.12 and 7.2: test/data/agent, scene `blinded`.)
 */
export const tracersOf = (hooked: readonly Hooked[], kprobes: readonly Kprobe[], livepatched: ReadonlySet<string>): readonly Tracer[] => {
  const entries = new Set(kprobes.filter(({ atEntry }) => atEntry).map(probe => place(probe.object, probe.function)))
  const redirecting = hooked
    .filter(({ exclusive, object, function: name }) => exclusive && !livepatched.has(place(object, name)))
    .map(({ object, function: name }): Tracer => {
      const kind = entries.has(place(object, name)) ? 'kprobe' : 'ftrace'
      return { object, function: name, kind, exclusive: true }
    })
  const inBodies = kprobes
    .filter(({ atEntry }) => !atEntry)
    .map(({ object, function: name }): Tracer => ({ object, function: name, kind: 'kprobe', exclusive: false }))
  return bounded([...redirecting, ...inBodies])
}
