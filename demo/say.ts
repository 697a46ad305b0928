/** How the demonstration speaks: steps, lines below them, and lines that are drawn anew while something goes on. */
export type Say = {
  readonly step: (title: string) => void
  readonly line: (text: string) => void
  /** Shows the latest state of something that goes on; on a terminal in place, else a line whenever it changes. */
  readonly live: (lines: readonly string[]) => void
  /** Leaves what `live` shows where it is. */
  readonly settle: () => void
}

type Out = { readonly write: (text: string) => unknown; readonly isTTY?: boolean | undefined }

const paint = (out: Out, code: string, text: string): string =>
  out.isTTY && !process.env['NO_COLOR'] ? `\u001b[${code}m${text}\u001b[0m` : text

export const openSay = (out: Out, now: () => number): Say => {
  const started = now()
  let shown: readonly string[] = []
  let steps = 0
  const seconds = () => `${((now() - started) / 1000).toFixed(1).padStart(5)} s`
  const settle = () => {
    shown = []
  }
  const redraw = (lines: readonly string[]) => {
    if (shown.length > 0) out.write(`\u001b[${shown.length}A\u001b[J`)
    out.write(lines.map(line => `         ${line}\n`).join(''))
  }
  const append = (lines: readonly string[]) => {
    for (const line of lines) if (!shown.includes(line)) out.write(`${seconds()}  ${line}\n`)
  }
  return {
    step: title => {
      settle()
      steps += 1
      out.write(`\n${paint(out, '1', `${steps}  ${title}`)}\n`)
    },
    line: text => {
      settle()
      for (const part of text.split('\n')) out.write(`${paint(out, '2', seconds())}  ${part}\n`)
    },
    live: lines => {
      if (lines.length === shown.length && lines.every((line, index) => line === shown[index])) return
      if (out.isTTY) redraw(lines)
      else append(lines)
      shown = lines
    },
    settle,
  }
}
