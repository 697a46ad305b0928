import { ExpressionFault } from './cursor.ts'

/**
 * The service reads an expression to its end before it complains, and then complains of one thing only, by kind and not
 * by place. The first complaint of each kind is kept; `raise` throws the one whose kind comes first in the given order.
 */
export class Complaints {
  readonly #first = new Map<string, string>()

  add(kind: string, message: string): void {
    if (!this.#first.has(kind)) this.#first.set(kind, message)
  }

  raise(order: readonly string[]): void {
    for (const kind of order) {
      const message = this.#first.get(kind)
      if (message !== undefined) throw new ExpressionFault(message)
    }
  }
}
