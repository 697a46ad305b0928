import { Fault, invalid } from '../fault.ts'
import type { AttributeMap, AttributeValue } from '../values/attribute-value.ts'
import { attributeOf } from '../values/attribute-value.ts'
import { checkedValue } from '../values/check-value.ts'
import { ExpressionFault } from './cursor.ts'
import type { Path } from './syntax.ts'

export type Names = { readonly [name: string]: string }

/** The #names and :values of one request, and which of them its expressions used. */
export class Scope {
  readonly #names: Names
  readonly #values: AttributeMap
  readonly #used = new Set<string>()

  constructor(names: Names = {}, values: AttributeMap = {}) {
    this.#names = names
    this.#values = values
  }

  value(name: string): AttributeValue {
    const value = attributeOf(this.#values, name)
    if (!value) throw new ExpressionFault(`An expression attribute value used in expression is not defined; attribute value: ${name}`)
    this.#used.add(name)
    return value
  }

  path(path: Path): Path {
    return path.map(step => (typeof step === 'string' && step.startsWith('#') ? this.#name(step) : step))
  }

  #name(name: string): string {
    const attribute = Object.hasOwn(this.#names, name) ? this.#names[name] : undefined
    if (attribute === undefined)
      throw new ExpressionFault(`An expression attribute name used in the document path is not defined; attribute name: ${name}`)
    this.#used.add(name)
    return attribute
  }

  /** The service refuses what a request defines and no expression uses. */
  refuseUnused(): void {
    for (const [kind, defined] of [['Names', this.#names] as const, ['Values', this.#values] as const]) {
      const unused = Object.keys(defined).filter(name => !this.#used.has(name))
      if (unused.length > 0)
        throw invalid(`Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${unused.join(', ')}}`)
    }
  }
}

const checkNames = (names: Names): void => {
  if (Object.keys(names).length === 0) throw invalid('ExpressionAttributeNames must not be empty')
  for (const name of Object.keys(names))
    if (!/^#[0-9a-zA-Z_]+$/.test(name)) throw invalid(`ExpressionAttributeNames contains invalid key: Syntax error; key: "${name}"`)
}

const checkedExpressionValue = (name: string, value: AttributeValue): AttributeValue => {
  try {
    return checkedValue(value)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    throw invalid(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${name}`)
  }
}

const checkedValues = (values: AttributeMap): AttributeMap => {
  if (Object.keys(values).length === 0) throw invalid('ExpressionAttributeValues must not be empty')
  for (const name of Object.keys(values))
    if (!/^:[0-9a-zA-Z_]+$/.test(name)) throw invalid(`ExpressionAttributeValues contains invalid key: Syntax error; key: "${name}"`)
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, checkedExpressionValue(name, value)]))
}

/** Checks a request's names and values. Both are optional; present and empty is refused. */
export const openScope = (names: Names | undefined, values: AttributeMap | undefined): Scope => {
  if (names) checkNames(names)
  return new Scope(names, values && checkedValues(values))
}

/** Runs a parser or a binder of one expression; its refusals are named after the parameter. */
export const inExpression = <Result>(parameter: string, work: () => Result): Result => {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error
    throw invalid(`Invalid ${parameter}: ${error.message}`)
  }
}
