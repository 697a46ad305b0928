import { type Token, tokensOf } from './lexer.ts'

/** What is wrong with an expression, in the service's words, without the `Invalid …Expression: ` before it. */
export class ExpressionFault extends Error {}

/** Reads tokens one after the other; a refusal quotes the token and its neighbours, as the service does. */
export class Cursor {
  readonly #text: string
  readonly #tokens: readonly Token[]
  #at = 0

  /** Words that are no names here, in capitals. */
  readonly keywords: ReadonlySet<string>

  constructor(text: string, keywords: Iterable<string> = []) {
    this.keywords = new Set(keywords)
    this.#text = text
    this.#tokens = tokensOf(text)
  }

  #token(at: number): Token {
    return this.#tokens[Math.min(at, this.#tokens.length - 1)] ?? { kind: 'end', text: '<EOF>', from: 0, to: 0 }
  }

  get position(): number {
    return this.#at
  }

  peek(ahead = 0): Token {
    return this.#token(this.#at + ahead)
  }

  take(): Token {
    const token = this.peek()
    this.#at++
    return token
  }

  isSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'sign' && token.text === sign
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead)
    return token.kind === 'word' && token.text.toUpperCase() === word
  }

  takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false
    this.#at++
    return true
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false
    this.#at++
    return true
  }

  expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.refusal()
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.refusal()
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.refusal()
  }

  refusal(): ExpressionFault {
    const token = this.peek()
    const before = this.#at > 0 ? this.#token(this.#at - 1) : token
    const near = this.#text.slice(before.from, this.peek(1).to)
    return new ExpressionFault(`Syntax error; token: "${token.text}", near: "${near}"`)
  }
}
