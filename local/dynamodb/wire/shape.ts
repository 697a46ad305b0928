import { unreadable } from '../fault.ts'

/*
 * What a request may look like. Reading a shape has two steps, as in the service: `read` turns JSON into a typed value or
 * answers SerializationException, with the words of the service's (Java) parser; `check` then collects, over the whole
 * request, the constraints that its members miss. Members that no shape knows are ignored.
 */
export type Shape<Value> = {
  /** `isElement`: directly inside a list or a map, where the service words its refusals otherwise. */
  readonly read: (json: unknown, isElement?: boolean) => Value
  /** Adds `Value … at 'path' failed to satisfy constraint: …` for every constraint missed. */
  check(value: Value, path: string, failures: string[]): void
  /** The value as the service (Java) prints it in a failure. */
  show(value: Value): string
}

export type ValueOf<S> = S extends Shape<infer Value> ? Value : never

/** What a structure in the place of a scalar, or a scalar in the place of a structure, is refused with. */
export const notStructure = (isElement: boolean) => unreadable(isElement ? 'Unexpected value type in payload' : 'Unexpected field type')

const noConstraint = (): void => undefined

export const failure = (shown: string | null, path: string, constraint: string): string =>
  `Value ${shown === null ? 'null' : `'${shown}'`} at '${path}' failed to satisfy constraint: ${constraint}`

const numberKind = (value: number) => (Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE')

/** Why a scalar was expected and something else came. */
const notScalar = (json: unknown, javaType: string) => {
  if (Array.isArray(json)) return unreadable(`Unrecognized collection type class java.lang.${javaType}`)
  if (typeof json === 'object') return unreadable('Start of structure or map found where not expected')
  const kind = typeof json === 'number' ? numberKind(json) : typeof json === 'string' ? 'STRING_VALUE' : json ? 'TRUE_VALUE' : 'FALSE_VALUE'
  return unreadable(`${kind} cannot be converted to ${javaType}`)
}

export type TextConstraints = {
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly lengthMin?: number
  readonly lengthMax?: number
}

export type LengthBounds = { readonly lengthMin?: number; readonly lengthMax?: number }

export const lengthFailures = (length: number, { lengthMin, lengthMax }: LengthBounds): readonly string[] => [
  ...(lengthMin !== undefined && length < lengthMin ? [`Member must have length greater than or equal to ${lengthMin}`] : []),
  ...(lengthMax !== undefined && length > lengthMax ? [`Member must have length less than or equal to ${lengthMax}`] : []),
]

/** The constraints that a text misses, in the order in which the service tries them. */
export const textChecker = ({ enum: allowed, pattern, ...bounds }: TextConstraints): ((value: string) => readonly string[]) => {
  const whole = pattern === undefined ? undefined : new RegExp(`^${pattern}$`)
  return value => [
    ...(allowed && !allowed.includes(value) ? [`Member must satisfy enum value set: [${allowed.join(', ')}]`] : []),
    ...(whole && !whole.test(value) ? [`Member must satisfy regular expression pattern: ${pattern}`] : []),
    ...lengthFailures(value.length, bounds),
  ]
}

export const isRecord = (json: unknown): json is Readonly<Record<string, unknown>> =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

export const readText = (json: unknown): string => {
  if (typeof json === 'string') return json
  throw notScalar(json, 'String')
}

export const text = (constraints: TextConstraints = {}): Shape<string> => {
  const failuresOf = textChecker(constraints)
  return {
    read: readText,
    check: (value, path, failures) => {
      for (const constraint of failuresOf(value)) failures.push(failure(value, path, constraint))
    },
    show: value => value,
  }
}

export const whole = (javaType: 'Integer' | 'Long', bounds: { min?: number; max?: number } = {}): Shape<number> => ({
  read: json => {
    if (typeof json === 'number') return Math.floor(json)
    throw notScalar(json, javaType)
  },
  check: (value, path, failures) => {
    if (bounds.min !== undefined && value < bounds.min)
      failures.push(failure(String(value), path, `Member must have value greater than or equal to ${bounds.min}`))
    if (bounds.max !== undefined && value > bounds.max)
      failures.push(failure(String(value), path, `Member must have value less than or equal to ${bounds.max}`))
  },
  show: String,
})

const spelledBooleans = new Map([
  ['TRUE', true],
  ['1', true],
  ['YES', true],
  ['FALSE', false],
  ['0', false],
  ['NO', false],
])

export const flag: Shape<boolean> = {
  read: json => {
    if (typeof json === 'boolean') return json
    if (typeof json !== 'string') throw notScalar(json, 'Boolean')
    const spelled = spelledBooleans.get(json.toUpperCase())
    if (spelled === undefined) throw unreadable('Unexpected token received from parser')
    return spelled
  },
  check: noConstraint,
  show: String,
}

/** Bytes, kept as the base64 that they came in. */
export const blob: Shape<string> = {
  read: json => {
    if (Array.isArray(json)) throw unreadable('Unrecognized collection type class java.nio.ByteBuffer')
    if (typeof json === 'object') throw unreadable('Start of structure or map found where not expected')
    if (typeof json !== 'string') throw unreadable('only base-64-encoded strings are convertible to bytes')
    if (json.length % 4 !== 0) throw unreadable(`Base64 encoded length is expected a multiple of 4 bytes but found: ${json.length}`)
    if (Buffer.from(json, 'base64').toString('base64') !== json) throw unreadable('Invalid last non-pad Base64 character dectected')
    return json
  },
  check: noConstraint,
  show: String,
}
