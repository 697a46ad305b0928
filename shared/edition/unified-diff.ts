/** Lines of context around what differs, as diff -u has it. */
const CONTEXT = 3
/** Cells of the table by which lines are matched; texts beyond it are shown as replaced whole. */
const CELLS_MAX = 4_000_000

type Line = { readonly sign: ' ' | '-' | '+'; readonly text: string }

const linesOf = (text: string): readonly string[] => {
  const lines = text.split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

const signed = (sign: Line['sign'], lines: readonly string[]): readonly Line[] => lines.map(text => ({ sign, text }))

/** Lengths of the longest common subsequences of all tails: cell (i, j) is that of a from i on and b from j on. */
const tailsOf = (a: readonly string[], b: readonly string[]): Uint16Array => {
  const width = b.length + 1
  const tails = new Uint16Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const [below = 0, right = 0, both = 0] = [tails[(i + 1) * width + j], tails[i * width + j + 1], tails[(i + 1) * width + j + 1]]
      tails[i * width + j] = a[i] === b[j] ? both + 1 : Math.max(below, right)
    }
  return tails
}

const matched = (a: readonly string[], b: readonly string[]): readonly Line[] => {
  if (a.length * b.length > CELLS_MAX) return [...signed('-', a), ...signed('+', b)]
  const width = b.length + 1
  const tails = tailsOf(a, b)
  const lines: Line[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    const [old, now] = [a[i], b[j]]
    if (old !== undefined && old === now) {
      lines.push({ sign: ' ', text: old })
      i += 1
      j += 1
    } else if (old !== undefined && (now === undefined || (tails[(i + 1) * width + j] ?? 0) >= (tails[i * width + j + 1] ?? 0))) {
      lines.push({ sign: '-', text: old })
      i += 1
    } else {
      lines.push({ sign: '+', text: now ?? '' })
      j += 1
    }
  }
  return lines
}

/** What two texts begin with alike needs no table. */
const compared = (a: readonly string[], b: readonly string[]): readonly Line[] => {
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1
  const middle = matched(a.slice(head, a.length - tail), b.slice(head, b.length - tail))
  return [...signed(' ', a.slice(0, head)), ...middle, ...signed(' ', a.slice(a.length - tail))]
}

const range = (start: number, count: number): string => `${count === 0 ? start : start + 1},${count}`

const hunkText = (lines: readonly Line[], from: number, to: number): string => {
  const before = lines.slice(0, from)
  const [oldStart, newStart] = [before.filter(({ sign }) => sign !== '+').length, before.filter(({ sign }) => sign !== '-').length]
  const hunk = lines.slice(from, to)
  const [olds, news] = [hunk.filter(({ sign }) => sign !== '+').length, hunk.filter(({ sign }) => sign !== '-').length]
  return [`@@ -${range(oldStart, olds)} +${range(newStart, news)} @@`, ...hunk.map(({ sign, text }) => `${sign}${text}`)].join('\n')
}

/** Stretches of lines [from, to) that hold what differs with its context; those that touch are one. */
const stretchesOf = (lines: readonly Line[]): readonly (readonly [number, number])[] => {
  const stretches: [number, number][] = []
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    const last = stretches.at(-1)
    const [from, to] = [Math.max(0, index - CONTEXT), Math.min(lines.length, index + CONTEXT + 1)]
    if (last && from <= last[1]) last[1] = to
    else stretches.push([from, to])
  }
  return stretches
}

/** A unified diff of two texts, as diff -u writes it; null is a file that is not there. Empty where nothing differs. */
export const unifiedDiff = (path: string, before: string | null, after: string | null): string => {
  const lines = compared(linesOf(before ?? ''), linesOf(after ?? ''))
  const hunks = stretchesOf(lines).map(([from, to]) => hunkText(lines, from, to))
  if (hunks.length === 0) return ''
  const name = (side: 'a' | 'b', text: string | null): string => (text === null ? '/dev/null' : `${side}/${path}`)
  return `--- ${name('a', before)}\n+++ ${name('b', after)}\n${hunks.join('\n')}\n`
}
