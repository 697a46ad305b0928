import { stripTypeScriptTypes } from 'node:module'

/** One change of one file: the text from `start` to `end` of the file without its types becomes `text`. */
export type Mutant = {
  readonly file: string
  readonly line: number
  readonly kind: string
  readonly start: number
  readonly end: number
  readonly before: string
  readonly text: string
}

/** Types become blanks, so lines and columns stay. */
export const withoutTypes = (source: string): string => stripTypeScriptTypes(source)

const blank = (text: string): string => text.replace(/[^\n]/g, '\0')

/** Comments, texts and regular expressions are masked, so that only code is found in what is left. */
const masked = (code: string): string =>
  code.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|(?<=[(\s!])\/(?![*/ ])(?:[^/\\\n[]|\\.|\[[^\]\n]*\])+\/[a-z]*/g,
    blank,
  )

type Change = readonly [kind: string, what: RegExp, by: string | ((found: string) => string)]

/** Each row is one kind of mistake that somebody could make. Operators stand between spaces, because the formatter puts them there. */
const CHANGES: readonly Change[] = [
  ['equality', / === /g, ' !== '],
  ['equality', / !== /g, ' === '],
  ['boundary', / < /g, ' <= '],
  ['boundary', / <= /g, ' < '],
  ['boundary', / > /g, ' >= '],
  ['boundary', / >= /g, ' > '],
  ['comparison', / <=? /g, ' > '],
  ['comparison', / >=? /g, ' < '],
  ['logic', / && /g, ' || '],
  ['logic', / \|\| /g, ' && '],
  ['default', / \?\? /g, ' && '],
  ['choice', / \? /g, ' && false ? '],
  ['choice', / \? /g, ' || true ? '],
  ['negation', /(?<=[\s(])!(?=[\w(])/g, ''],
  ['literal', /\btrue\b/g, 'false'],
  ['literal', /\bfalse\b/g, 'true'],
  ['literal', /(?<![\w.])\d[\d_]*(?![\w.])/g, found => `${Number(found.replaceAll('_', '')) + 1}`],
  ['arithmetic', / \+ /g, ' - '],
  ['arithmetic', / - /g, ' + '],
  ['arithmetic', / \* /g, ' / '],
  ['arithmetic', / % /g, ' * '],
  ['arithmetic', / \+= /g, ' -= '],
  ['quantifier', /\.some\(/g, '.every('],
  ['quantifier', /\.every\(/g, '.some('],
  ['quantifier', /\.find\(/g, '.findLast('],
  ['quantifier', /\.findLast\(/g, '.find('],
  ['order', /\.sort\([^()]*\)/g, ''],
  ['order', /\.toReversed\(\)/g, ''],
  ['statement', /^ +(?:continue|break|return)$/gm, ''],
  ['statement', /(?<=^ +)[A-Za-z_.]+(?:\(.*\)| [-+]?= .*)$/gm, ''],
  ['result', /(?<=\breturn )[^\n]*[^\n{([]$/gm, 'undefined'],
]

/** A text that is only documentation: the source and the reason of a rule or of a line of the log. */
const DOCUMENTATION = /^\s*(?:\{ .*)?(?:source|why):/

const closing = (code: string, open: number): number => {
  const pairs: Readonly<Record<string, string>> = { '(': ')', '{': '}' }
  const opener = code[open] ?? ''
  let depth = 0
  for (let index = open; index < code.length; index += 1) {
    if (code[index] === opener) depth += 1
    if (code[index] === pairs[opener]) depth -= 1
    if (depth === 0) return index
  }
  return code.length
}

type Cut = Pick<Mutant, 'kind' | 'start' | 'end' | 'text'>

const byTable = (code: string): Cut[] =>
  CHANGES.flatMap(([kind, what, by]) =>
    [...code.matchAll(what)].map(({ index, 0: found }) => ({
      kind,
      start: index,
      end: index + found.length,
      text: typeof by === 'string' ? by : by(found),
    })),
  )

const conditions = (code: string): Cut[] =>
  [...code.matchAll(/\b(?:if|while) \(/g)].flatMap(({ index, 0: found }) => {
    const start = index + found.length
    const end = closing(code, start - 1)
    return ['true', 'false']
      .filter(text => !(text === 'true' && found.startsWith('while')))
      .map(text => ({ kind: 'condition', start, end, text }))
  })

const bodies = (code: string): Cut[] =>
  [...code.matchAll(/(?:=>|\)|else) \{\n/g)].map(({ index, 0: found }) => {
    const start = index + found.length - 1
    return { kind: 'block', start, end: closing(code, start - 1), text: '' }
  })

/** Texts in the code as it is: one with something in it becomes empty, an empty one gets something. */
const texts = (code: string, mask: string): Cut[] =>
  [...code.matchAll(/'[^'\n]*'|`[^`\n]*`/g)]
    .filter(({ index }) => mask[index] === '\0' && mask[index - 1] !== '\0')
    .map(({ index, 0: found }) => ({ kind: 'text', start: index, end: index + found.length, text: found.length > 2 ? "''" : "'x'" }))

/** All changes of one file. */
export const mutantsOf = (file: string, source: string): readonly Mutant[] => {
  const code = withoutTypes(source)
  const mask = masked(code)
  const lines = code.split('\n')
  return [...byTable(mask), ...conditions(mask), ...bodies(mask), ...texts(code, mask)].flatMap(cut => {
    const line = code.slice(0, cut.start).split('\n').length
    const written = lines[line - 1] ?? ''
    if (
      code.slice(cut.start, cut.end) === cut.text ||
      /^(?:import|export [{*])|^} from/.test(written) ||
      (cut.kind === 'text' && DOCUMENTATION.test(written))
    )
      return []
    return [{ file, line, ...cut, before: code.slice(cut.start, cut.end).trim().replace(/\s+/g, ' ').slice(0, 70) }]
  })
}

/** The file's code with the change in it. */
export const mutated = (source: string, { start, end, text }: Mutant): string => {
  const code = withoutTypes(source)
  return code.slice(0, start) + text + code.slice(end)
}
