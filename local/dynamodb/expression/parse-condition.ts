import { Complaints } from './complaints.ts'
import { Cursor, ExpressionFault } from './cursor.ts'
import { isCall, takeCall, takeSteps, takeValueOrPath } from './parse-operand.ts'
import type { Comparator, Condition, Operand } from './syntax.ts'

/*
 * condition  := and (OR and)*          and := not (AND not)*          not := NOT not | comparison
 * comparison := operand (comparator operand | BETWEEN operand AND operand | IN '(' operand, … ')') | call | '(' condition ')'
 *
 * An opening parenthesis may start a condition or an operand. Both are read by one rule, which says what it found;
 * who wanted the other thing refuses it. Parentheses directly inside parentheses are refused by the service.
 */
const conditionFunctions = new Set(['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'])
const updateFunctions = new Set(['if_not_exists', 'list_append'])
const comparators: readonly Comparator[] = ['=', '<>', '<', '<=', '>', '>=']
const operatorsMax = 300
const depthMax = 500
const kinds = ['parens', 'unknown-function', 'misused-function', 'reserved']

type Found = { readonly operand: Operand; readonly condition?: undefined } | { readonly condition: Condition; readonly operand?: undefined }

class ConditionParser {
  readonly #cursor: Cursor
  readonly #complaints = new Complaints()
  /** Where the group that was closed last opened and ended: a group that holds just another one is redundant. */
  #lastGroup = { open: -1, end: -1 }
  #operators = 0
  #depth = 0

  constructor(text: string) {
    this.#cursor = new Cursor(text, ['AND', 'OR', 'NOT', 'BETWEEN', 'IN'])
  }

  parse(): Condition {
    const condition = this.#asCondition(this.#disjunction())
    this.#cursor.expectEnd()
    this.#complaints.raise(kinds)
    return condition
  }

  #countOperator(): void {
    this.#operators++
    if (this.#operators > operatorsMax)
      throw new ExpressionFault(`The expression contains too many operators; operator count: ${this.#operators}`)
  }

  #disjunction(): Found {
    let found = this.#conjunction()
    while (this.#cursor.isWord('OR')) {
      const left = this.#asCondition(found)
      this.#cursor.take()
      this.#countOperator()
      found = { condition: { type: 'or', left, right: this.#asCondition(this.#conjunction()) } }
    }
    return found
  }

  #conjunction(): Found {
    let found = this.#negation()
    while (this.#cursor.isWord('AND')) {
      const left = this.#asCondition(found)
      this.#cursor.take()
      this.#countOperator()
      found = { condition: { type: 'and', left, right: this.#asCondition(this.#negation()) } }
    }
    return found
  }

  #negation(): Found {
    if (!this.#cursor.takeWord('NOT')) return this.#comparison()
    this.#countOperator()
    return { condition: { type: 'not', condition: this.#asCondition(this.#negation()) } }
  }

  #comparison(): Found {
    const first = this.#primary()
    if (first.condition) return first
    const { operand } = first
    const comparator = comparators.find(sign => this.#cursor.isSign(sign))
    if (comparator) {
      this.#cursor.take()
      this.#countOperator()
      return { condition: { type: 'compare', comparator, args: this.#valued([operand, this.#operand()]) } }
    }
    if (this.#cursor.takeWord('BETWEEN')) {
      const low = this.#operand()
      this.#cursor.expectWord('AND')
      return { condition: { type: 'between', args: this.#valued([operand, low, this.#operand()]) } }
    }
    if (this.#cursor.takeWord('IN')) return { condition: { type: 'in', args: this.#valued([operand, ...this.#list()]) } }
    return first
  }

  #list(): Operand[] {
    this.#cursor.expectSign('(')
    const list = [this.#operand()]
    while (this.#cursor.takeSign(',')) list.push(this.#operand())
    this.#cursor.expectSign(')')
    return list
  }

  #primary(): Found {
    const open = this.#cursor.position
    if (!this.#cursor.takeSign('(')) return { operand: this.#bareOperand() }
    this.#depth++
    if (this.#depth > depthMax) throw new ExpressionFault('The expression is nested too deeply')
    const inner = this.#disjunction()
    this.#depth--
    const group = this.#lastGroup
    if (group.open === open + 1 && group.end === this.#cursor.position)
      this.#complaints.add('parens', 'The expression has redundant parentheses;')
    this.#cursor.expectSign(')')
    this.#lastGroup = { open, end: this.#cursor.position }
    if (inner.operand?.type !== 'path') return inner
    return { operand: { type: 'path', path: [...inner.operand.path, ...takeSteps(this.#cursor, this.#complaints)] } }
  }

  #operand(): Operand {
    if (!this.#cursor.isSign('(')) return this.#bareOperand()
    const found = this.#primary()
    if (!found.operand) throw this.#cursor.refusal()
    return found.operand
  }

  #bareOperand(): Operand {
    if (!isCall(this.#cursor)) return takeValueOrPath(this.#cursor, this.#complaints)
    const call = takeCall(this.#cursor, () => this.#operand())
    this.#valued(call.args)
    if (updateFunctions.has(call.name))
      this.#complaints.add('unknown-function', `The function is not allowed in a condition expression; function: ${call.name}`)
    else if (call.name !== 'size' && !conditionFunctions.has(call.name))
      this.#complaints.add('unknown-function', `Invalid function name; function: ${call.name}`)
    return call
  }

  /** Operands must have a value to compare; a function that answers true or false has none. */
  #valued<Operands extends readonly Operand[]>(operands: Operands): Operands {
    for (const operand of operands) if (operand.type === 'call' && operand.name !== 'size') this.#misused(operand.name)
    return operands
  }

  #misused(name: string): void {
    this.#complaints.add('misused-function', `The function is not allowed to be used this way in an expression; function: ${name}`)
  }

  #asCondition(found: Found): Condition {
    if (found.condition) return found.condition
    if (found.operand.type !== 'call') throw this.#cursor.refusal()
    if (found.operand.name === 'size') this.#misused('size')
    return found.operand
  }
}

export const parseCondition = (text: string): Condition => new ConditionParser(text).parse()
