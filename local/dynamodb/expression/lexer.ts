/*
 * Splits an expression into tokens. The whole grammar needs words, #names, :values, digits and a handful of signs;
 * a character that starts none of them becomes a token of its own, which no rule accepts.
 */
export type Token = {
  readonly kind: 'word' | 'name' | 'value' | 'digits' | 'sign' | 'end'
  readonly text: string
  readonly from: number
  readonly to: number
}

const tokenPattern = /[ \t\r\n]*(?:([A-Za-z][A-Za-z0-9_]*)|(#[A-Za-z0-9_]*)|(:[A-Za-z0-9_]*)|([0-9]+)|(<>|<=|>=|[^ \t\r\n]))/y

const kindOf = (match: RegExpExecArray): Token['kind'] => {
  if (match[1] !== undefined) return 'word'
  if (match[2] !== undefined) return 'name'
  if (match[3] !== undefined) return 'value'
  return match[4] === undefined ? 'sign' : 'digits'
}

export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  tokenPattern.lastIndex = 0
  for (;;) {
    const match = tokenPattern.exec(text)
    if (!match) break
    const to = tokenPattern.lastIndex
    const found = match[1] ?? match[2] ?? match[3] ?? match[4] ?? match[5] ?? ''
    tokens.push({ kind: kindOf(match), text: found, from: to - found.length, to })
  }
  tokens.push({ kind: 'end', text: '<EOF>', from: text.length, to: text.length })
  return tokens
}
