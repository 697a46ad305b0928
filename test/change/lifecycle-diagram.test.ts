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

## By which route

A plan says how hosts get to the livepatch: \`replace\` (the default), or \`disable-then-load\`, which undoes what a replace would leave behind and leaves hosts without
a livepatch in between. The route is proposed (\`supersede change propose --route disable-then-load\`, in the API \`plan.route\`), and the verdict judges that very route: where it
is not proved the change is \`blocked\` ([route-not-proved](findings/route-not-proved.md)), and what is absent meanwhile is a finding to review
([disable-then-load](findings/disable-then-load.md)) that has to be signed off by name. A revision may change the route; approvals are void then.

Hosts on that route report \`between\`, which holds a wave open like a transition does; when the wave is closed, who is still there has stalled. A halt lets
them finish, a hold, a stop order and an abort do not ([agent.md](agent.md)). History keeps the route with the proposal and the time in between with each host; lineage says
\`disable-then-load\` of what was disabled and not replaced.
`

test('docs/lifecycle.md shows the transition table as it is', () => {
  if (process.env['REWRITE']) writeFileSync(file, page)
  expect(readFileSync(file, 'utf8')).toBe(page)
})
