import { Complaints } from './complaints.ts'
import { Cursor } from './cursor.ts'
import { isCall, takeCall, takePath, takeValueOrPath } from './parse-operand.ts'
import type { Action, Assigned, Operand } from './syntax.ts'

/*
 * update := section+        section := SET path = assigned, … | REMOVE path, … | ADD path operand, … | DELETE path operand, …
 * assigned := operand (('+' | '-') operand)?        operand := path | :value | if_not_exists(…) | list_append(…) | '(' assigned ')'
 */
const updateFunctions = new Set(['if_not_exists', 'list_append'])
const conditionFunctions = new Set(['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains', 'size'])
const sectionNames = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const
type SectionName = (typeof sectionNames)[number]

class UpdateParser {
  readonly #cursor: Cursor
  readonly #complaints = new Complaints()
  readonly #seen = new Set<SectionName>()

  constructor(text: string) {
    this.#cursor = new Cursor(text, sectionNames)
  }

  parse(): readonly Action[] {
    const actions: Action[] = []
    do actions.push(...this.#section())
    while (this.#cursor.peek().kind !== 'end')
    this.#complaints.raise(['reserved', 'unknown-function', 'section'])
    return actions
  }

  #section(): Action[] {
    const name = sectionNames.find(word => this.#cursor.isWord(word))
    if (!name) throw this.#cursor.refusal()
    this.#cursor.take()
    if (this.#seen.has(name)) this.#complaints.add('section', `The "${name}" section can only be used once in an update expression;`)
    this.#seen.add(name)
    const actions = [this.#action(name)]
    while (this.#cursor.takeSign(',')) actions.push(this.#action(name))
    return actions
  }

  #action(type: SectionName): Action {
    const path = takePath(this.#cursor, this.#complaints)
    if (type === 'REMOVE') return { type, path }
    if (type !== 'SET') return { type, path, value: this.#valueName() }
    this.#cursor.expectSign('=')
    return { type, path, assigned: this.#assigned() }
  }

  #valueName(): string {
    if (this.#cursor.peek().kind !== 'value') throw this.#cursor.refusal()
    return this.#cursor.take().text
  }

  #assigned(): Assigned {
    if (this.#cursor.takeSign('(')) {
      const inner = this.#assigned()
      this.#cursor.expectSign(')')
      return inner.type === 'sum' ? inner : this.#sum(inner)
    }
    return this.#sum(this.#operand())
  }

  #sum(left: Operand): Assigned {
    for (const operator of ['+', '-'] as const)
      if (this.#cursor.takeSign(operator)) return { type: 'sum', operator, args: [left, this.#operand()] }
    return left
  }

  #operand(): Operand {
    if (this.#cursor.takeSign('(')) {
      const inner = this.#operand()
      this.#cursor.expectSign(')')
      return inner
    }
    if (!isCall(this.#cursor)) return takeValueOrPath(this.#cursor, this.#complaints)
    const call = takeCall(this.#cursor, () => this.#operand())
    if (conditionFunctions.has(call.name))
      this.#complaints.add('unknown-function', `The function is not allowed in an update expression; function: ${call.name}`)
    else if (!updateFunctions.has(call.name)) this.#complaints.add('unknown-function', `Invalid function name; function: ${call.name}`)
    return call
  }
}

export const parseUpdate = (text: string): readonly Action[] => new UpdateParser(text).parse()
