import { unreadable } from '../fault.ts'
import { setAttribute } from '../values/attribute-value.ts'
import {
  failure,
  isRecord,
  type LengthBounds,
  lengthFailures,
  notStructure,
  type Shape,
  type TextConstraints,
  textChecker,
  type ValueOf,
} from './shape.ts'

export const list = <Element>(element: Shape<Element>, bounds: LengthBounds = {}): Shape<readonly Element[]> => {
  const show = (value: readonly Element[]) => `[${value.map(member => element.show(member)).join(', ')}]`
  return {
    read: json => {
      if (Array.isArray(json)) return json.map(member => element.read(member, true))
      throw unreadable(typeof json === 'object' ? 'Start of structure or map found where not expected' : 'Unexpected field type')
    },
    check: (value, path, failures) => {
      for (const constraint of lengthFailures(value.length, bounds)) failures.push(failure(show(value), path, constraint))
      for (const [at, member] of value.entries()) element.check(member, `${path}.${at + 1}.member`, failures)
    },
    show,
  }
}

type MapConstraints = LengthBounds & { readonly keys?: TextConstraints; readonly values?: LengthBounds }

const keyFailure = ({ pattern, lengthMin, lengthMax }: TextConstraints): string => {
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
  { keys, values, ...bounds }: MapConstraints = {},
): Shape<Readonly<Record<string, Member>>> => {
  const show = (value: Readonly<Record<string, Member>>) =>
    `{${Object.entries(value)
      .map(([name, content]) => `${name}=${member.show(content)}`)
      .join(', ')}}`
  const keyFailures = textChecker(keys ?? {})
  const isValueWrong = (content: Member) => values && Array.isArray(content) && lengthFailures(content.length, values).length > 0
  return {
    read: json => {
      if (Array.isArray(json)) throw unreadable(`Unrecognized collection type java.util.Map<java.lang.String, ${javaType}>`)
      if (!isRecord(json)) throw unreadable('Unexpected field type')
      const value: Record<string, Member> = {}
      for (const name of Object.keys(json)) if (json[name] !== null) setAttribute(value, name, member.read(json[name], true))
      return value
    },
    check: (value, path, failures) => {
      for (const constraint of lengthFailures(Object.keys(value).length, bounds)) failures.push(failure(show(value), path, constraint))
      if (keys && Object.keys(value).some(name => keyFailures(name).length > 0)) failures.push(failure(show(value), path, keyFailure(keys)))
      if (values && Object.values(value).some(isValueWrong)) failures.push(failure(show(value), path, valueFailure(values)))
      for (const [name, content] of Object.entries(value)) member.check(content, `${path}.${name}.member`, failures)
    },
    show,
  }
}

type Members = Readonly<Record<string, Shape<unknown>>>
type StructOf<M extends Members> = { readonly [Name in keyof M]?: ValueOf<M[Name]> }

type StructOptions<Required extends string> = {
  /** The Java class, as refusals name it. */
  readonly java?: string
  /** Members whose absence is a constraint missed: `Member must not be null`. */
  readonly notNull?: readonly Required[]
}

type WithRequired<M extends Members, Required extends keyof M> = Omit<StructOf<M>, Required> & {
  readonly [Name in Required]: ValueOf<M[Name]>
}

/** Requests spell their members with a capital, constraints and Java without. */
const lowered = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

export const struct = <M extends Members, Required extends keyof M & string = never>(
  members: M,
  { java = '', notNull = [] }: StructOptions<Required> = {},
): Shape<WithRequired<M, Required>> => {
  const required: readonly string[] = notNull
  const shapes = Object.entries(members)
  const contentsOf = (value: WithRequired<M, Required>): Readonly<Record<string, unknown>> => value
  return {
    read: (json, isElement = false) => {
      if (Array.isArray(json)) throw unreadable(`Unrecognized collection type class com.amazonaws.dynamodb.v20120810.${java}`)
      if (!isRecord(json)) throw notStructure(isElement)
      const value: Record<string, unknown> = {}
      for (const [name, shape] of shapes) {
        const content = Object.hasOwn(json, name) ? json[name] : undefined
        if (content !== undefined && content !== null) value[name] = shape.read(content)
      }
      // The one place where members become a type: each was read by the shape that the type is made of.
      return value as WithRequired<M, Required>
    },
    check: (value, path, failures) => {
      const contents = contentsOf(value)
      for (const [name, shape] of shapes) {
        const at = (path === '' ? '' : `${path}.`) + lowered(name)
        if (contents[name] !== undefined) shape.check(contents[name], at, failures)
        else if (required.includes(name)) failures.push(failure(null, at, 'Member must not be null'))
      }
    },
    show: value => {
      const contents = contentsOf(value)
      const shown = shapes
        .filter(([name]) => contents[name] !== undefined)
        .map(([name, shape]) => `${lowered(name)}=${shape.show(contents[name])}`)
      return `${java}(${shown.join(', ')})`
    },
  }
}
