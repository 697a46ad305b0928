import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { ACTIONS, loadPolicies, planDefaults, TEAM_ACTIONS } from '../../shared/policy/index.ts'
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
      "owner": "operators",
      "reason": "few people are there",
      "timeZone": "Europe/Berlin",
      "every": "year",
      "from": "12-18T18:00",
      "until": "01-04T08:00"
    }
  ]
}`

const settings = `{
  "tiers": { "edge": "production" },
  "windows": {
    "edge": [{ "name": "nights", "timeZone": "Europe/Berlin", "every": "day", "from": "22:00", "until": "04:00" }]
  },
  "stricter": {
    "*": { "untrusted-signature": "hosts here load signed modules only" },
    "edge": { "fixes-lost": "these hosts face the Internet" }
  },
  "owners": [{ "livepatch": "db_*", "group": "databases" }],
  "approvalValidSeconds": 604800
}`

const page = `# Policy

Who may do what, and when a change may reach hosts, is written in [Cedar](https://www.cedarpolicy.com) under
\`shared/policy/cedar/\`: a schema, files of rules, a calendar and settings. The tables on this page are made from them by
\`REWRITE=1 npm run jest -- test/policy\`, and a test holds the page to them.

## How a decision is made

One function asks the policies, \`authorize\` in \`shared/policy/decision.ts\`. It answers with a \`Decision\`, or with the reasons
why not. Nothing else can make a \`Decision\`, and the writing side of the store takes nothing else: it checks that the decision is for
these very events, for what they are about and for who says so (\`shared/store/leave.ts\`), so that nobody releases anything with the leave to comment on it.

- Denied unless some rule permits and no rule forbids. A rule that cannot be evaluated denies.
- A decision carries the ids of the rules that determined it and the version of the policy set, which is the digest of its
  texts. Both are recorded with the commit.
- A change digest binds livepatch, verdict, plan and policy version, of one change on one fleet. When a rule is edited, what was approved under the old
  version is not released under the new one; the change is revised and approved again ([approvals.md](approvals.md)).
- The schema and every rule are parsed and type-checked when they are loaded. A rule that does not parse, speaks of what the
  schema does not know, names a number above 9007199254740991, or lacks its \`@id\` or \`@reason\` is refused with its file, and
  nothing starts. An id is of ASCII letters, digits, dots, hyphens and underscores, and a reason one line without invisible characters, so that no rule
  passes for another.
- The engine is given what can still make a difference: rules whose head fits, conditions worked out as far as the question's flags, names and
  empty sets go. Decisions and the rules they name are the same as if it were given everything.

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

- \`context.approvals\`: the approvals that count. They are of the change's present digest, one a person, never the proposer's nor of who submitted the livepatch.
  \`people\` is how many; a tag named like a group (\`getTag("security")\`) how many of its members, by the groups that their token
  named when they approved; \`signedOff\` what they sign off by name, of all together.
- \`context.verdict\`: \`outcome\`, the codes of findings in \`block\` and \`review\`, \`downgrade\`, \`fixesLost\`, and
  \`accepted\`: what would block and is accepted by name in an emergency.
- \`context.plan\`: \`waves\`, \`firstShare\` (1/10,000), \`soakSeconds\`.
- \`context.tier\`: of the fleet; \`context.frozen\`: names of the freezes that are in force on it; \`context.outsideWindows\`: it has maintenance
  windows and none is open; \`context.held\`: scopes of the holds in force.
- \`context.unconsented\`: groups that own livepatches which the change would wipe, and that have not consented.
- \`context.unconfirmed\`: what is accepted in an emergency that no second person has confirmed.

What is missing is told with the rule's sentence; where approvals are missing, with the time until which they can be given: *approvals of two
different people: one more, before 2026-12-01T18:00Z*. \`GET /changes/{change}\` has the sentences as \`needs\` and the rules' ids as \`heldBackBy\`.

## Freezes

\`freezes.json\` beside the rules is a calendar; it is empty to begin with, and part of the policy version:

\`\`\`json
${calendar}
\`\`\`

A freeze is once, or \`every\` day (\`22:00\`), week (\`fri 16:00\`) or year (\`12-18T18:00\`), on the \`fleets\` that it names or on all. Moments are what
clocks on the wall show in \`timeZone\`, and \`until\` is not part of it. \`owner\` is who answers for it, a person or a group; an edit that adds a
freeze without one is refused. While it lasts it stands on its fleets, beside the holds (\`supersede hold list\`), above every page of the console, and
among what a change needs. In a freeze nothing is released (\`no-release-in-a-freeze\`); a change that has its
approvals by then is released within a minute of its end, unless its time to be decided on is over first. Waves of what was released
before go on, because a fleet is best not left half-way; a team that wants them held adds a rule about \`openWave\`.

## Settings

\`settings.json\` beside the rules says what Cedar has no words for; every key may be left out, and all of it is part of the policy version.

\`\`\`json
${settings}
\`\`\`

| key | meaning |
|---|---|
| \`tiers\` | by fleet; a fleet that is not named is \`standard\`. A \`production\` fleet needs a third person, and one of security where the first wave opens more than a tenth of it |
| \`windows\` | maintenance windows by fleet, written like freezes. A release may come at any time; its waves open inside a window only, and wait for the next one (\`only-in-a-maintenance-window\`). A wave that is open when the window closes goes on |
| \`stricter\` | by fleet, or \`*\` for every fleet: findings that block there though they would only be reviewed or noted, and why; the reason stands in the finding (\`raisedBecause\`). Nothing can be made less severe |
| \`owners\` | who owns livepatches that Supersede did not bring to the hosts, by name (\`*\` stands for anything); the first row that fits counts |
| \`ownerOfOthers\` | the group that owns those which no row fits; \`kernel-maintainers\` where it is left out |
| \`approvalValidSeconds\` | how long an approval can release a change; without end where it is left out |
| \`approvalsExpireInRollout\` | whether approvals also grow old between the waves of a released change; \`false\` where it is left out |
| \`carryApprovals\` | what approvals are worth after an edit of the policies: nothing (\`never\`, where it is left out), or as much as before where a revision moves nothing but the policies (\`where-only-policy-moved\`) |
| \`breakGlass.confirmSecondsMax\` | how long after the proposal a second person may confirm an emergency; an hour |
| \`reminders.atShares\` | when people are reminded of a change or of an edit of the policies: shares of the time to decide, the last of which escalates; half, three quarters and nine tenths |
| \`escalation.group\` | who is told at the last reminder beside those whose approval is missing; everybody where it is left out |

**Livepatches of somebody else.** A cumulative change wipes every livepatch off a host, also one that the agent did not load. Before such a change
is released, the group that owns it consents: one of its members approves and signs off \`foreign-livepatches\` (\`owners-consent\`). A
group that is not among those who may approve needs a deployed rule that permits it, because an edit of the policies only forbids. What the catalog does not know at all blocks, as
[unknown-stack](findings/unknown-stack.md) says; it is submitted first.

**Old approvals.** An approval that is older than \`approvalValidSeconds\` counts no more, and the same person may approve the same digest again.
What is released rests on the approvals that it was released with, however long its waves take, because a fleet is best not left half-way.

## Rules of a fleet's own

\`fleets/<fleet>/*.cedar\` hold rules of one fleet. Each of them is a \`forbid\`, names that fleet in its head (\`resource in Fleet::"edge"\`) and some of
the actions ${TEAM_ACTIONS.map(action => `\`${action}\``).join(', ')}. Anything else is refused with file and id, whatever its
conditions say: a fleet's rules can let nothing through that the house stops, cannot reach another fleet, and cannot keep anybody from looking at a
change or stopping it. A rule about \`approveChange\` asks first what is said, and forbids to \`approve\`, to \`delegate\` or to \`confirm\` only
(\`when { context.decision == "approve" && … }\`): nobody is kept from rejecting, asking for changes or withdrawing an approval.

## Adding a rule

Put a file beside the others, or into \`fleets/edge/\`. A rule of a team that asks for more on its fleet:

\`\`\`cedar
@id("edge-needs-three")
@reason("approvals of three different people, because this fleet faces the Internet")
forbid (principal, action == Action::"releaseChange", resource in Fleet::"edge")
unless { context.approvals.people >= 3 };
\`\`\`

While Supersede runs, rules are added, changed and taken away by edits that people approve: [policy-edits.md](policy-edits.md).

No rule can weaken another: whatever a \`forbid\` of the house stops stays stopped, however much is permitted beside it.

## Trying rules out

With the very code that decides, the first three without a server:

- \`supersede policy check [FOLDER]\`: syntax, types, ids and reasons; rules that can never apply, that look for what can
  never be (\`context.verdict.outcome == "blocked"\`), that nothing meets together (\`context.plan.firstShare > 10000\`); and
  rules that add nothing, because another one applies wherever they do.
- \`supersede policy show [FLEET]\`: what a release needs by kind of change, and who may do what, in the rules' own sentences.
- \`supersede policy test CASES.yaml\`: who does what, what is expected, by which rule; \`examples/policy-cases.yaml\` shows how.
  A case is of its fleet's tier, and of the freezes and windows of the instant that it names as \`at\`, as far as it does not say otherwise.
- \`supersede policy diff FOLDER [OTHER]\`: decides on every past change again, at the time when it was decided on and with what was said on it by
  then, under the policies in force and those of the folder (or under two folders), and tells those that would have been decided otherwise. Its waves
  are opened again, too, when they opened; an emergency counts where it was confirmed in time.
  It asks the server for the changes and decides here; exit code 13 where something differs. Holds are not replayed.

A folder without a schema is read beside the rules that Supersede comes with, as an edit is: its freezes come to theirs, its \`settings.json\` takes the
place of theirs. \`--policies FOLDER\` does the same for \`show\` and \`test\`.
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

test('the settings that the page gives as an example can be loaded', () => {
  expect(loadPolicies({ ...houseFiles, settings }).settings.tiers).toEqual({ edge: 'production' })
})
