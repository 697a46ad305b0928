/** A value of a template once its intrinsic functions are resolved. */
export type Value = null | boolean | number | string | readonly Value[] | { readonly [key: string]: Value }

export type Scope = {
  /** What `Ref` answers for a parameter, a resource or a pseudo parameter; undefined: unknown. */
  readonly ref: (name: string) => Value | undefined
  readonly getAtt: (resource: string, attribute: string) => Value | undefined
  readonly condition: (name: string) => boolean
}

/** What `Ref: AWS::NoValue` answers: the property or list item that it stands for is not there. */
const NO_VALUE: unique symbol = Symbol('AWS::NoValue')
type Resolved = Value | typeof NO_VALUE

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

const known = <T extends Resolved>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`the template refers to ${what}, which the local runtime does not know`)
  return value
}

const text = (value: Value): string =>
  typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value)

const list = (value: Value, what: string): readonly Value[] => {
  if (!Array.isArray(value)) throw new Error(`${what} wants a list`)
  return value
}

const attribute = (argument: unknown, scope: Scope): Value => {
  const [resource = '', ...path] = Array.isArray(argument) ? argument.map(String) : String(argument).split('.')
  return known(scope.getAtt(resource, path.join('.')), `${resource}.${path.join('.')}`)
}

const substitute = (argument: unknown, scope: Scope): Value => {
  const [template, extra] = Array.isArray(argument) ? [String(argument[0]), argument[1]] : [String(argument), {}]
  const variables = resolve(extra ?? {}, scope)
  return template.replaceAll(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (isRecord(variables) && Object.hasOwn(variables, name)) return text(variables[name] as Value)
    return text(name.includes('.') ? attribute(name, scope) : known(scope.ref(name), name))
  })
}

/** The intrinsic functions of CloudFormation that a synthesized stack uses; each takes its unresolved argument. */
const INTRINSICS: Readonly<Record<string, (argument: unknown, scope: Scope) => Resolved>> = {
  Ref: (argument, scope) => (argument === 'AWS::NoValue' ? NO_VALUE : known(scope.ref(String(argument)), String(argument))),
  'Fn::GetAtt': attribute,
  'Fn::Sub': substitute,
  'Fn::Join': (argument, scope) => {
    const [separator, parts] = list(resolve(argument, scope), 'Fn::Join')
    return list(parts ?? [], 'Fn::Join')
      .map(text)
      .join(text(separator ?? ''))
  },
  'Fn::Select': (argument, scope) => {
    const [index, items] = list(resolve(argument, scope), 'Fn::Select')
    return known(list(items ?? [], 'Fn::Select')[Number(index)], `item ${String(index)} of a list`)
  },
  'Fn::Split': (argument, scope) => {
    const [separator, whole] = list(resolve(argument, scope), 'Fn::Split')
    return text(whole ?? '').split(text(separator ?? ''))
  },
  'Fn::If': (argument, scope) => {
    const [name, yes, no] = Array.isArray(argument) ? argument : []
    return evaluate(scope.condition(String(name)) ? yes : no, scope)
  },
  'Fn::Equals': (argument, scope) => {
    const [left, right] = list(resolve(argument, scope), 'Fn::Equals')
    return text(left ?? '') === text(right ?? '')
  },
  'Fn::Not': (argument, scope) => list(resolve(argument, scope), 'Fn::Not')[0] !== true,
  'Fn::And': (argument, scope) => list(resolve(argument, scope), 'Fn::And').every(item => item === true),
  'Fn::Or': (argument, scope) => list(resolve(argument, scope), 'Fn::Or').some(item => item === true),
  Condition: (argument, scope) => scope.condition(String(argument)),
}

const evaluateAll = (items: readonly unknown[], scope: Scope): readonly Value[] =>
  items.flatMap(item => {
    const value = evaluate(item, scope)
    return value === NO_VALUE ? [] : [value]
  })

const evaluate = (value: unknown, scope: Scope): Resolved => {
  if (Array.isArray(value)) return evaluateAll(value, scope)
  if (!isRecord(value)) {
    if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
    throw new Error('a template holds JSON only')
  }
  const [name = '', ...others] = Object.keys(value)
  if (others.length === 0 && Object.hasOwn(INTRINSICS, name)) return known(INTRINSICS[name]?.(value[name], scope), name)
  if (name.startsWith('Fn::')) throw new Error(`the local runtime does not know ${name}`)
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) => {
      const resolved = evaluate(member, scope)
      return resolved === NO_VALUE ? [] : [[key, resolved]]
    }),
  )
}

/** Resolves every intrinsic function in a template's value; throws, naming it, on one that cannot be resolved. */
export const resolve = (value: unknown, scope: Scope): Value => {
  const resolved = evaluate(value, scope)
  if (resolved === NO_VALUE) throw new Error('AWS::NoValue stands where a value is needed')
  return resolved
}
