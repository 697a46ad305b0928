import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findingPage, writeFindingPages } from '../../infra/finding-pages.ts'
import { FINDING_CODES } from '../../shared/verdict/index.ts'

const body = (markdown: string): string => /<main class="page">\n([\s\S]*)\n<\/main>/.exec(findingPage('downgrade', markdown))?.[1] ?? ''

describe('a page of docs/findings as HTML', () => {
  test.each([
    ['a heading', '## How to fix it', '<h2>How to fix it</h2>'],
    ['a paragraph over two lines', 'One\ntwo.', '<p>One\ntwo.</p>'],
    ['its law', '> A fix that is lost.', '<blockquote>A fix that is lost.</blockquote>'],
    ['code and weight', 'Build `lp_2` **now**', '<p>Build <code>lp_2</code> <strong>now</strong></p>'],
    ['a list', '- one\n- two\n  lines', '<ul><li>one</li>\n<li>two\n  lines</li></ul>'],
    [
      'a table',
      '| a | b |\n|---|---|\n| 1 | `x` |',
      '<div class="scroll"><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td><code>x</code></td></tr></tbody></table></div>',
    ],
    ['a fence, blank lines and marks in it too', '```c\n# one\n\n**two** <b>\n```', '<pre># one\n\n**two** &lt;b&gt;</pre>'],
    ['a link to another finding', '[unsigned](unsigned.md)', '<p><a href="unsigned.html">unsigned</a></p>'],
    ['a link to the list', '[all](README.md)', '<p><a href="index.html">all</a></p>'],
    ['no link to elsewhere', '[there](https://example.com/x.md) [js](javascript:x)', '<p>there js</p>'],
    [
      'markup as text',
      '<script>x</script> & `<i>` "q"',
      '<p>&lt;script&gt;x&lt;/script&gt; &amp; <code>&lt;i&gt;</code> &quot;q&quot;</p>',
    ],
  ])('shows %s', (_, markdown, html) => {
    expect(body(markdown)).toBe(html)
  })
})

describe('the pages beside the console', () => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-findings-'))
  beforeAll(() => writeFindingPages('docs/findings', folder))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('are one of each finding, and the list of them', () => {
    expect(readdirSync(folder).sort()).toEqual(['index.html', ...FINDING_CODES.map(code => `${code}.html`)].sort())
  })

  test('lead to each other, load nothing but the style sheet, and leave no Markdown behind', () => {
    for (const file of readdirSync(folder)) {
      const page = readFileSync(join(folder, file), 'utf8')
      const targets = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, target = '']) => target)
      const own = targets.filter(target => !['/', '/console.css', 'data:,'].includes(target))
      expect(own.filter(target => !readdirSync(folder).includes(target))).toEqual([])
      const prose = page.replaceAll(/<(pre|code)>[\s\S]*?<\/\1>/g, '')
      expect(prose.match(/\*\*|`|\]\(|^(?:#|\||- |\d+\. )/gm)).toBe(null)
    }
  })
})
