import { unreadable } from '../fault.ts'

/*
 * What a request may look like. Reading a shape has two steps, as in the service: `read` turns JSON into a typed value or
 * answers SerializationException, with the words of the service's (Java) parser; `check` then collects, over the whole
 * request, the constraints that its members miss. Members that no shape knows are ignored.
 */
export type Shape<Value> = {
  readonly read: (json: unknown) => Value
  /** Adds `Value … at 'path' failed to satisfy constraint: …` for every constraint missed. */
  check(value: Value, path: string, failures: string[]): void
}

export type ValueOf<S> = S extends Shape<infer Value> ? Value : never

const noConstraint = (): void => undefined

export const failure = (value: unknown, path: string, constraint: string): string => {
  const shown = value === undefined || value === null ? 'null' : `'${shownValue(value)}'`
  return `Value ${shown} at '${path}' failed to satisfy constraint: ${constraint}`
}

/** Lists in brackets, maps as `{name=value}`: the way Java prints them. */
const shownValue = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(shownValue).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}=${shownValue(member)}`)
    .join(', ')}}`
}

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

/** The constraints in the order in which the service tries them. */
const textFailures = (value: string, { enum: allowed, pattern, lengthMin, lengthMax }: TextConstraints): readonly string[] => [
  ...(allowed && !allowed.includes(value) ? [`Member must satisfy enum value set: [${allowed.join(', ')}]`] : []),
  ...(pattern !== undefined && !new RegExp(`^${pattern}$`).test(value)
    ? [`Member must satisfy regular expression pattern: ${pattern}`]
    : []),
  ...(lengthMin !== undefined && value.length < lengthMin ? [`Member must have length greater than or equal to ${lengthMin}`] : []),
  ...(lengthMax !== undefined && value.length > lengthMax ? [`Member must have length less than or equal to ${lengthMax}`] : []),
]

export const text = (constraints: TextConstraints = {}): Shape<string> => ({
  read: json => {
    if (typeof json === 'string') return json
    throw notScalar(json, 'String')
  },
  check: (value, path, failures) => {
    for (const constraint of textFailures(value, constraints)) failures.push(failure(value, path, constraint))
  },
})

export const whole = (javaType: 'Integer' | 'Long', bounds: { min?: number; max?: number } = {}): Shape<number> => ({
  read: json => {
    if (typeof json === 'number') return Math.floor(json)
    throw notScalar(json, javaType)
  },
  check: (value, path, failures) => {
    if (bounds.min !== undefined && value < bounds.min)
      failures.push(failure(value, path, `Member must have value greater than or equal to ${bounds.min}`))
    if (bounds.max !== undefined && value > bounds.max)
      failures.push(failure(value, path, `Member must have value less than or equal to ${bounds.max}`))
  },
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
}

export type LengthBounds = { readonly lengthMin?: number; readonly lengthMax?: number }

const lengthFailures = (length: number, { lengthMin, lengthMax }: LengthBounds): readonly string[] => [
  ...(lengthMin !== undefined && length < lengthMin ? [`Member must have length greater than or equal to ${lengthMin}`] : []),
  ...(lengthMax !== undefined && length > lengthMax ? [`Member must have length less than or equal to ${lengthMax}`] : []),
]

export const list = <Element>(element: Shape<Element>, bounds: LengthBounds = {}): Shape<readonly Element[]> => ({
  read: json => {
    if (Array.isArray(json)) return json.map(member => element.read(member))
    throw unreadable(typeof json === 'object' ? 'Start of structure or map found where not expected' : 'Unexpected field type')
  },
  check: (value, path, failures) => {
    for (const constraint of lengthFailures(value.length, bounds)) failures.push(failure(value, path, constraint))
    for (const [at, member] of value.entries()) element.check(member, `${path}.${at + 1}.member`, failures)
  },
})

export type MapConstraints = LengthBounds & { readonly keys?: TextConstraints; readonly values?: LengthBounds }

const keyFailure = (constraints: TextConstraints): string => {
  const { pattern, lengthMin, lengthMax } = constraints
  const parts = [
    lengthMax === undefined ? [] : [`Member must have length less than or equal to ${lengthMax}`],
    lengthMin === undefined ? [] : [`Member must have length greater than or equal to ${lengthMin}`],
    pattern === undefined ? [] : [`Member must satisfy regular expression pattern: ${pattern}`],
  ].flat()
  return `Map keys must satisfy constraint: [${parts.join(', ')}]`
}

const valueFailure = ({ lengthMin, lengthMax }: LengthBounds): string =>
  `Map value must satisfy constraint: [Member must have length less than or equal to ${lengthMax}, Member must have length greater than or equal to ${lengthMin}]`

/** `javaType` names the element in the refusal of a list in the place of a map. */
export const map = <Member>(
  member: Shape<Member>,
  javaType: string,
  constraints: MapConstraints = {},
): Shape<Readonly<Record<string, Member>>> => ({
  read: json => {
    if (typeof json !== 'object' || json === null) throw unreadable('Unexpected field type')
    if (Array.isArray(json)) throw unreadable(`Unrecognized collection type java.util.Map<java.lang.String, ${javaType}>`)
    return Object.fromEntries(Object.entries(json).flatMap(([name, value]) => (value === null ? [] : [[name, member.read(value)]])))
  },
  check: (value, path, failures) => {
    for (const constraint of lengthFailures(Object.keys(value).length, constraints)) failures.push(failure(value, path, constraint))
    if (constraints.keys && Object.keys(value).some(name => textFailures(name, constraints.keys ?? {}).length > 0))
      failures.push(failure(value, path, keyFailure(constraints.keys)))
    if (
      constraints.values &&
      Object.values(value).some(content => Array.isArray(content) && lengthFailures(content.length, constraints.values ?? {}).length > 0)
    )
      failures.push(failure(value, path, valueFailure(constraints.values)))
    for (const [name, content] of Object.entries(value)) member.check(content, `${path}.${name}.member`, failures)
  },
})

type Members = Readonly<Record<string, Shape<unknown>>>
type StructOf<M extends Members> = { readonly [Name in keyof M]?: ValueOf<M[Name]> }

export type StructOptions<Required extends string> = {
  /** The Java class, as refusals name it. */
  readonly java?: string
  /** Members whose absence is a constraint missed: `Member must not be null`. */
  readonly notNull?: readonly Required[]
}

type WithRequired<M extends Members, Required extends keyof M> = Omit<StructOf<M>, Required> & {
  readonly [Name in Required]: ValueOf<M[Name]>
}

export const struct = <M extends Members, Required extends keyof M & string = never>(
  members: M,
  { java = '', notNull = [] }: StructOptions<Required> = {},
): Shape<WithRequired<M, Required>> => ({
  read: json => {
    if (typeof json !== 'object' || json === null)
      throw unreadable(java === 'AttributeValue' ? 'Unexpected value type in payload' : 'Unexpected field type')
    if (Array.isArray(json)) throw unreadable(`Unrecognized collection type class com.amazonaws.dynamodb.v20120810.${java}`)
    const given: Readonly<Record<string, unknown>> = { ...json }
    const value: Record<string, unknown> = {}
    for (const [name, shape] of Object.entries(members)) {
      const content = Object.hasOwn(given, name) ? given[name] : undefined
      if (content !== undefined && content !== null) value[name] = shape.read(content)
    }
    // The one place where members become a type: each was read by the shape that the type is made of.
    return value as WithRequired<M, Required>
  },
  check: (value, path, failures) => {
    const contents: Readonly<Record<string, unknown>> = value
    const missing: readonly string[] = notNull
    for (const [name, shape] of Object.entries(members)) {
      const at = (path === '' ? '' : `${path}.`) + name.charAt(0).toLowerCase() + name.slice(1)
      if (contents[name] !== undefined) shape.check(contents[name], at, failures)
      else if (missing.includes(name)) failures.push(failure(undefined, at, 'Member must not be null'))
    }
  },
})
