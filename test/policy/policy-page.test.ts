import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { ACTIONS, loadPolicies, planDefaults } from '../../shared/policy/index.ts'
import { houseFiles, housePolicies } from './house-policies.ts'

const file = fileURLToPath(new URL('../../docs/policy.md', import.meta.url))

const rules = housePolicies.policies
  .toSorted((a, b) => (a.file === b.file ? 0 : a.file < b.file ? -1 : 1))
  .map(({ id, file: name, effect, reason }) => `| \`${id}\` | ${name} | ${effect} | ${reason} |`)

const permits = ACTIONS.map(
  action =>
    `| \`${action}\` | ${housePolicies
      .permitsOf(action)
      .map(({ id }) => `\`${id}\``)
      .join(', ')} |`,
)

const calendar = `{
  "freezes": [
    {
      "name": "year-end",
      "reason": "few people are there",
      "timeZone": "Europe/Berlin",
      "every": "year",
      "from": "12-18T18:00",
      "until": "01-04T08:00"
    }
  ]
}`

const page = `# Policy

Who may do what, and when a change may reach hosts, is written in [Cedar](https://www.cedarpolicy.com) under
\`shared/policy/cedar/\`: a schema, two files of rules and a calendar. The tables on this page are made from them by
\`REWRITE=1 npm run jest -- test/policy\`, and a test holds the page to them.

## How a decision is made

One function asks the policies, \`authorize\` in \`shared/policy/decision.ts\`. It answers with a \`Decision\`, or with the reasons
why not. Nothing else can make a \`Decision\`, and the writing side of the store takes nothing else: an event that nobody was
allowed to cause cannot be appended.

- Denied unless some rule permits and no rule forbids. A rule that cannot be evaluated denies.
- A decision carries the ids of the rules that determined it and the version of the policy set, which is the digest of its
  texts. Both are recorded with the commit.
- A change digest binds livepatch, verdict, plan and policy version. When a rule is edited, what was approved under the old
  version is not released under the new one; it is proposed anew.
- The schema and every rule are parsed and type-checked when they are loaded. A rule that does not parse, speaks of what the
  schema does not know, or lacks its \`@id\` or \`@reason\` is refused with its file, and nothing starts.

## The rules

A \`permit\`'s sentence is told to whom nobody's rule lets in. A \`forbid\`'s sentence is told to whom it stops; for a release,
it is what is missing.

| rule | file | effect | sentence |
|---|---|---|---|
${rules.join('\n')}

## Actions, and the rules that permit them

| action | permitted by |
|---|---|
${permits.join('\n')}

The routes of the API name these actions in \`shared/operations\`; a test holds both lists to the schema.

## What a release is asked about

\`releaseChange\` is asked when somebody has approved, and \`openWave\` before every wave, with the same context:

- \`context.approvals\`: the approvals that count. They are of the change's present digest, one a person, never the proposer's.
  \`people\` is how many; a tag named like a group (\`getTag("security")\`) how many of its members, by the groups that their token
  named when they approved; \`signedOff\` what they sign off by name, of all together.
- \`context.verdict\`: \`outcome\`, the codes of findings in \`block\` and \`review\`, \`downgrade\`, \`fixesLost\`.
- \`context.plan\`: \`waves\`, \`firstShare\` (1/10,000), \`soakSeconds\`.
- \`context.frozen\`: names of the freezes that are in force on the fleet.

## Freezes

\`freezes.json\` beside the rules is a calendar; it is empty to begin with, and part of the policy version:

\`\`\`json
${calendar}
\`\`\`

A freeze is once, or \`every\` day (\`22:00\`), week (\`fri 16:00\`) or year (\`12-18T18:00\`), on the \`fleets\` that it names or on all. Moments are what
clocks on the wall show in \`timeZone\`, and \`until\` is not part of it. In a freeze nothing is released (\`no-release-in-a-freeze\`); a change that has its
approvals by then is released within a minute of its end, unless its time to be decided on is over first. Waves of what was released
before go on, because a fleet is best not left half-way; a team that wants them held adds a rule about \`openWave\`.

## Adding a rule

Put a file beside the others. A rule of a team that asks for more on its fleet:

\`\`\`cedar
@id("edge-needs-three")
@reason("approvals of three different people, because this fleet faces the Internet")
forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge")
unless { context.approvals.people >= 3 };
\`\`\`

No rule can weaken another: whatever a \`forbid\` of the house stops stays stopped, however much is permitted beside it.

## Trying rules out

Without a server, and with the very code that decides:

- \`supersede policy check [FOLDER]\`: syntax, types, ids and reasons, and rules that can never apply.
- \`supersede policy show [FLEET]\`: what a release needs by kind of change, and who may do what, in the rules' own sentences.
- \`supersede policy test CASES.yaml\`: who does what, what is expected, by which rule; \`examples/policy-cases.yaml\` shows how.

A folder without a schema is read beside the rules that Supersede comes with; \`--policies FOLDER\` does the same for the other two.
docs/cli.md has the exit codes.

## Plan defaults

What a proposal does not say about its plan comes from \`planDefaults\` in \`shared/policy/plan-of.ts\`:

\`\`\`json
${JSON.stringify(planDefaults, null, 2)}
\`\`\`

Shares are in 1/10,000 of the fleet, whole per cents, growing, the last one all of it. A wave lasts at least two polls. A budget
is a count and a share of the wave's hosts; whichever is exceeded first halts the wave.
`

test('docs/policy.md tells the rules as they are', () => {
  if (process.env['REWRITE']) writeFileSync(file, page)
  expect(readFileSync(file, 'utf8')).toBe(page)
})

test('the rule that the page gives as an example can be added', () => {
  const [, example = ''] = /```cedar\n(.*?)```/s.exec(page) ?? []
  const { policies } = loadPolicies({ ...houseFiles, policies: { ...houseFiles.policies, 'edge.cedar': example } })
  expect(policies.map(({ id }) => id)).toContain('edge-needs-three')
})

test('the calendar that the page gives as an example can be taken', () => {
  expect(loadPolicies({ ...houseFiles, freezes: calendar }).freezes).toMatchObject([{ name: 'year-end' }])
})
