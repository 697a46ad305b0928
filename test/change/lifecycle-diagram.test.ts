import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { lifecycleDiagram, lifecycleTable, REFUSALS } from '../../shared/change/index.ts'

const file = fileURLToPath(new URL('../../docs/lifecycle.md', import.meta.url))
/** The page down to here; what follows is written by hand. */
const END = '\n## By which route'
const drawn = `# The life of a change

Drawn from the transition table in \`shared/change/transitions.ts\` by \`REWRITE=1 npm run jest -- test/change\`; a test
holds this page to it. Nothing leaves \`blocked\`, \`declined\`, \`aborted\` or \`completed\`; abort is possible everywhere else.

\`\`\`mermaid
${lifecycleDiagram()}
\`\`\`

## Every command in every open status

${lifecycleTable()}

A command that the status lets through can still be refused for what it carries. Each refusal has a sentence:

${Object.entries(REFUSALS)
  .map(([refusal, sentence]) => `- \`${refusal}\`: ${sentence}`)
  .join('\n')}
`

test('docs/lifecycle.md shows the transition table as it is', () => {
  const page = readFileSync(file, 'utf8')
  const end = page.indexOf(END)
  if (process.env['REWRITE']) writeFileSync(file, drawn + page.slice(end))
  expect(readFileSync(file, 'utf8').slice(0, end)).toBe(drawn)
})
