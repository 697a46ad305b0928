import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'

const place = (tracer: JsonObject): string => `${textOf(tracer['object']) || 'vmlinux'}:${textOf(tracer['function'])}`

/** A few names, and how many more. */
const some = (names: readonly string[], max = 3): string =>
  names.length <= max ? names.join(', ') : `${names.slice(0, max).join(', ')} and ${names.length - max} more`

const tracingOf = (tracing: JsonObject): readonly string[] => {
  const tracers = objectsOf(tracing['tracers'])
  const taken = tracers.filter(({ exclusive }) => exclusive === true).map(place)
  const probed = tracers.filter(({ exclusive }) => exclusive !== true).map(place)
  return [
    ...(tracing['ftraceEnabled'] === false ? ['ftrace off'] : []),
    ...(tracing['tracers'] === null ? ['tracing not known'] : []),
    ...(taken.length > 0 ? [`taken: ${some(taken)}`] : []),
    ...(probed.length > 0 ? [`probes in ${some(probed)}`] : []),
  ]
}

/** What tells a stack from another with the same kernel and livepatches; empty where nothing does. */
export const besides = (stack: JsonObject): string => {
  const resident = objectsOf(stack['resident']).map(({ name }) => textOf(name))
  const targets = textsOf(stack['targets'])
  return [
    ...(stack['forced'] === true ? ['forced'] : []),
    ...(resident.length > 0 ? [`still resident: ${some(resident)}`] : []),
    ...(targets.length > 0 ? [`modules: ${some(targets)}`] : []),
    ...tracingOf(objectOf(stack['tracing'])),
  ].join('; ')
}
