import type { AttributeValue, TypeName } from '../values/attribute-value.ts'
import { typeOf } from '../values/attribute-value.ts'
import type { BoundAction, BoundOperandOfUpdate } from './bound.ts'
import { Complaints } from './complaints.ts'
import { pathConflict } from './path-conflicts.ts'
import type { Scope } from './scope.ts'
import type { Action, Assigned, Operand, Path } from './syntax.ts'

const longNames: Partial<Record<TypeName, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
}

const operandPaths = (assigned: Assigned): readonly Path[] => {
  if (assigned.type === 'path') return [assigned.path]
  return assigned.type === 'value' ? [] : assigned.args.flatMap(operandPaths)
}

const checkAddend = (operator: 'ADD' | 'DELETE', value: AttributeValue, complaints: Complaints): void => {
  const type = typeOf(value)
  const name = longNames[type]
  if (!name || (operator === 'ADD' && type === 'N')) return
  complaints.add('operand', `Incorrect operand type for operator or function; operator: ${operator}, operand type: ${name}`)
}

class UpdateBinder {
  readonly complaints = new Complaints()
  readonly #scope: Scope

  constructor(scope: Scope) {
    this.#scope = scope
  }

  action(action: Action): BoundAction {
    const path = this.#scope.path(action.path)
    if (action.type === 'REMOVE') return { type: 'REMOVE', path }
    if (action.type === 'SET') return { type: 'SET', path, assigned: this.#assigned(action.assigned) }
    const value = this.#scope.value(action.value)
    checkAddend(action.type, value, this.complaints)
    return { type: action.type, path, value }
  }

  #assigned(assigned: Assigned): BoundOperandOfUpdate {
    if (assigned.type !== 'sum') return this.#operand(assigned)
    const [left, right] = [this.#operand(assigned.args[0]), this.#operand(assigned.args[1])]
    this.#typed(assigned.operator, 'N', [left, right])
    return { type: 'sum', operator: assigned.operator, left, right }
  }

  #operand(operand: Operand): BoundOperandOfUpdate {
    if (operand.type === 'path') return { type: 'path', path: this.#scope.path(operand.path) }
    if (operand.type === 'value') return { type: 'value', value: this.#scope.value(operand.name) }
    const args = operand.args.map(argument => this.#operand(argument))
    const [first, second, third] = args
    if (!first || !second || third) return this.#miscounted(operand.name, args)
    if (operand.name === 'list_append') {
      this.#typed('list_append', 'L', [first, second])
      return { type: 'list-append', left: first, right: second }
    }
    if (first.type === 'path') return { type: 'if-not-exists', path: first.path, fallback: second }
    this.complaints.add('function', `Operator or function requires a document path; operator or function: ${operand.name}`)
    return first
  }

  #miscounted(name: string, args: readonly unknown[]): BoundOperandOfUpdate {
    this.complaints.add(
      'function',
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${args.length}`,
    )
    return { type: 'path', path: [] }
  }

  #typed(name: string, wanted: TypeName, operands: readonly BoundOperandOfUpdate[]): void {
    for (const operand of operands) {
      const type = operand.type === 'value' ? typeOf(operand.value) : undefined
      if (!type || type === wanted) continue
      this.complaints.add(
        'function',
        `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
      )
    }
  }
}

/** Fills in names (all of them first, as the service does) and values, and refuses what can never be applied. */
export const bindUpdate = (actions: readonly Action[], scope: Scope): readonly BoundAction[] => {
  for (const action of actions)
    for (const path of [action.path, ...(action.type === 'SET' ? operandPaths(action.assigned) : [])]) scope.path(path)
  const binder = new UpdateBinder(scope)
  const bound = actions.map(action => binder.action(action))
  const conflict = pathConflict(bound.map(action => action.path))
  if (conflict !== undefined) binder.complaints.add('paths', conflict)
  binder.complaints.raise(['paths', 'operand', 'function'])
  return bound
}
