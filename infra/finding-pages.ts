import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, found => ENTITIES[found] ?? found)

/** Pages link to each other only; what a link to anywhere else says stays, the link does not. */
const linked = (text: string, target: string): string => {
  const [, page] = /^([a-z-]+|README)\.md$/.exec(target) ?? []
  return page === undefined ? text : `<a href="${page === 'README' ? 'index' : page}.html">${text}</a>`
}

/** What stands inside a line: code, bold, links. All of it is text before it is anything else. */
const inline = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map(part =>
      part.startsWith('`') && part.endsWith('`') && part.length > 2
        ? `<code>${escaped(part.slice(1, -1))}</code>`
        : escaped(part).replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>'),
    )
    .join('')
    .replaceAll(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_, shown: string, target: string) => linked(shown, target))

const cellsOf = (row: string): readonly string[] =>
  row
    .replace(/^\||\|$/g, '')
    .split('|')
    .map(cell => cell.trim())
const rowOf = (row: string, cell: 'td' | 'th'): string =>
  `<tr>${cellsOf(row)
    .map(text => `<${cell}>${inline(text)}</${cell}>`)
    .join('')}</tr>`

const tableOf = ([head = '', , ...rows]: readonly string[]): string =>
  `<div class="scroll"><table><thead>${rowOf(head, 'th')}</thead><tbody>${rows.map(row => rowOf(row, 'td')).join('\n')}</tbody></table></div>`

const itemsOf = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .split(/^- /m)
    .slice(1)
    .map(item => `<li>${inline(item.trim())}</li>`)
    .join('\n')

/** One block of Markdown, of the kinds that these pages have. */
const blockOf = (block: string): string => {
  const lines = block.split('\n')
  const [, marks, title] = /^(#{1,3}) (.*)$/.exec(block) ?? []
  if (marks !== undefined && title !== undefined) return `<h${marks.length}>${inline(title)}</h${marks.length}>`
  if (block.startsWith('```')) return `<pre>${escaped(lines.slice(1, -1).join('\n'))}</pre>`
  if (block.startsWith('|')) return tableOf(lines)
  if (block.startsWith('- ')) return `<ul>${itemsOf(lines)}</ul>`
  if (block.startsWith('> ')) return `<blockquote>${inline(block.replaceAll(/^> ?/gm, ''))}</blockquote>`
  return `<p>${inline(block)}</p>`
}

/** Blank lines part blocks, but not within a fence. */
const blocksOf = (markdown: string): readonly string[] =>
  markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .flatMap(part => (part.startsWith('```') ? [part] : part.split(/\n{2,}/).map(block => block.trim())))

/** A page of docs/findings as HTML that the console's content security policy lets through: no script, the console's style sheet. */
export const findingPage = (name: string, markdown: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(name)} · Supersede</title>
<link rel="stylesheet" href="/console.css">
<link rel="icon" href="data:,">
</head>
<body>
<header><a href="/">Supersede</a><a href="index.html">All findings</a></header>
<main class="page">
${blocksOf(markdown)
  .filter(block => block !== '')
  .map(blockOf)
  .join('\n')}
</main>
</body>
</html>
`

/** Writes each page of `docs` as `<outdir>/<code>.html`, and the list of them as `index.html`. */
export const writeFindingPages = async (docs: string, outdir: string): Promise<void> => {
  await mkdir(outdir, { recursive: true })
  const files = (await readdir(docs)).filter(file => file.endsWith('.md'))
  await Promise.all(
    files.map(async file => {
      const name = file === 'README.md' ? 'Findings' : file.slice(0, -'.md'.length)
      const target = file === 'README.md' ? 'index.html' : `${name}.html`
      await writeFile(join(outdir, target), findingPage(name, await readFile(join(docs, file), 'utf8')))
    }),
  )
}
