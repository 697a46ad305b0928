import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { lifecycleDiagram, lifecycleTable, REFUSALS } from '../../shared/change/index.ts'

const file = fileURLToPath(new URL('../../docs/lifecycle.md', import.meta.url))
const page = `# The life of a change

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
  if (process.env['REWRITE']) writeFileSync(file, page)
  expect(readFileSync(file, 'utf8')).toBe(page)
})
