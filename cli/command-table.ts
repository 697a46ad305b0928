import type { Run } from './input.ts'

export type OptionDefinition = { readonly flags: string; readonly text: string; readonly required?: true; readonly repeat?: true }

export type CommandDefinition = {
  readonly path: readonly [string] | readonly [string, string]
  /** As commander reads it: `<id>`, `<file...>`. */
  readonly args: string
  readonly summary: string
  /** Whether it asks a server. */
  readonly online: boolean
  readonly options: readonly OptionDefinition[]
  /** What `-o` takes besides table and json. */
  readonly formats?: readonly string[]
  readonly examples: readonly string[]
  /** Loads the command when it runs, so that starting costs nothing for the others. */
  readonly load: () => Promise<{ readonly run: Run }>
}

export const GROUPS: Readonly<Record<string, string>> = {
  patch: 'Livepatches in the catalog',
  change: 'Changes: proposals that a fleet run a livepatch',
  fleet: 'Fleets and their hosts',
  host: 'One host',
  receiver: 'Who is told: webhooks, Slack channels, the event bus',
  policy: 'Policies in Cedar, offline: of a folder, or those that this release comes with',
}

const option = (flags: string, text: string): OptionDefinition => ({ flags, text })
const required = (flags: string, text: string): OptionDefinition => ({ flags, text, required: true })
const repeat = (flags: string, text: string): OptionDefinition => ({ flags, text, repeat: true })

const PAGING = [option('--limit <n>', 'items a page, 1 to 100'), option('--cursor <cursor>', 'go on where the page before ended')]
const REVIEWED = [
  option('--digest <digest>', 'the change digest that you reviewed; refused if the change has moved since'),
  option('--seen <view>', 'the view that you looked at, as change show tells it; it is recorded'),
]
const PLAN = [
  option('--waves <percents>', 'shares of the fleet, for example 5,50,100'),
  option('--soak <time>', 'how long a full wave is watched, for example 30m'),
  option('--plan <file>', 'a plan as JSON; --waves and --soak win over it'),
]
const REASON = option('-r, --reason <text>', 'why; it is recorded')
const POLICIES = option(
  '-p, --policies <directory>',
  'policies to ask; without a schema of their own, beside those of this release (default: these)',
)
const STATEMENT = [
  option('--series <name>', 'the line of livepatches it belongs to'),
  option('--version <version>', 'its place in the series, for example 2 or 6.1.3'),
  repeat('--fixes <cve>', 'a CVE id that it fixes'),
  repeat('--adopts <livepatch:object:callback>', 'an obligation of a predecessor that it takes over'),
  option('--statement <file>', 'all that the file does not say of itself, as JSON'),
]

export const COMMANDS: readonly CommandDefinition[] = [
  {
    path: ['login'],
    args: '[person]',
    summary: 'Log in; without a person, tell who is logged in',
    online: true,
    options: [
      option('--code <code>', 'the issuer’s code (default: SUPERSEDE_CODE, or issuer.json in the data directory)'),
      option('--data <directory>', 'data directory of the server on this machine (default .supersede, here or beside this program)'),
      option('--token <token>', 'a token from the identity provider of a deployed system; - reads it from stdin'),
    ],
    examples: ['supersede login alice', 'supersede login --token - --url https://supersede.example.com < token'],
    load: () => import('./commands/login.ts'),
  },
  {
    path: ['logout'],
    args: '',
    summary: 'Forget the login at a server',
    online: true,
    options: [],
    examples: ['supersede logout'],
    load: () => import('./commands/logout.ts'),
  },
  {
    path: ['patch', 'submit'],
    args: '<file>',
    summary: 'Submit a livepatch module',
    online: true,
    options: STATEMENT,
    examples: ['supersede patch submit lp_proc_2.ko', 'supersede patch submit fix.ko --series edge --version 3 --fixes CVE-2026-0001'],
    load: () => import('./commands/patch-submit.ts'),
  },
  {
    path: ['patch', 'list'],
    args: '',
    summary: 'List livepatches',
    online: true,
    options: [option('--series <name>', 'only of this series'), ...PAGING],
    examples: ['supersede patch list', 'supersede patch list --series proc -o json'],
    load: () => import('./commands/patch-list.ts'),
  },
  {
    path: ['patch', 'show'],
    args: '<livepatch>',
    summary: 'Show a livepatch: by digest, the beginning of one, name, or series@version',
    online: true,
    options: [],
    examples: ['supersede patch show lp_proc_2', 'supersede patch show proc@2'],
    load: () => import('./commands/patch-show.ts'),
  },
  {
    path: ['change', 'propose'],
    args: '',
    summary: 'Propose that a fleet run a livepatch',
    online: true,
    options: [
      required('-f, --fleet <fleet>', 'the fleet'),
      required('--patch, --livepatch <livepatch>', 'digest, beginning of one, name, or series@version'),
      required('-r, --reason <text>', 'why; it is recorded'),
      ...PLAN,
      option('-w, --watch', 'then watch it'),
    ],
    examples: [
      'supersede change propose --fleet edge --livepatch proc@2 --reason "CVE-2026-0001"',
      'supersede change propose -f edge --patch lp_proc_2 -r "hardening" --waves 10,100 --soak 1h --watch',
    ],
    load: () => import('./commands/change-propose.ts'),
  },
  {
    path: ['change', 'list'],
    args: '',
    summary: 'List changes, newest first',
    online: true,
    options: [option('-f, --fleet <fleet>', 'only of this fleet'), option('--status <status>', 'only in this status'), ...PAGING],
    examples: ['supersede change list --fleet edge', 'supersede change list --status in-review'],
    load: () => import('./commands/change-list.ts'),
  },
  {
    path: ['change', 'show'],
    args: '<change>',
    summary: 'Show a change: its waves, approvals, findings and what happened',
    online: true,
    options: [],
    examples: ['supersede change show 01JDC4M8T0000000000000000A'],
    load: () => import('./commands/change-show.ts'),
  },
  {
    path: ['change', 'verdict'],
    args: '<change>',
    summary: 'Show what the simulation found for every cohort',
    online: true,
    options: [
      option('--newest', 'the newest one, on stacks that appeared while it rolled out; else the one that is approved'),
      option('--recompute', 'work it out again from what was stored with it, and say whether it comes out the same'),
    ],
    examples: ['supersede change verdict 01JDC4M8T0000000000000000A', 'supersede change verdict 01JDC4M8T0000000000000000A --recompute'],
    load: () => import('./commands/change-verdict.ts'),
  },
  {
    path: ['change', 'revise'],
    args: '<change>',
    summary: 'Judge a change in review again, on what is there now, and perhaps with another plan; approvals are void then',
    online: true,
    options: [
      required('-r, --reason <text>', 'why; it is recorded'),
      ...PLAN,
      option('--digest <digest>', 'the change digest that you saw; refused if the change has moved since'),
    ],
    examples: [
      'supersede change revise 01JDC4M8T0000000000000000A --reason "soak for a day" --soak 24h',
      'supersede change revise 01JDC4M8T0000000000000000A --reason "the policies changed"',
    ],
    load: () => import('./commands/change-revise.ts'),
  },
  {
    path: ['change', 'approve'],
    args: '<change>',
    summary: 'Approve a change as it stands',
    online: true,
    options: [
      option('-m, --comment <text>', 'a word to the record'),
      repeat('--sign-off <code>', 'sign off this very thing by name, for example fixes-lost; policy tells what needs it'),
      ...REVIEWED,
    ],
    examples: [
      'supersede change approve 01JDC4M8T0000000000000000A -m "tested on lab hosts"',
      'supersede change approve 01JDC4M8T0000000000000000A --sign-off fixes-lost --sign-off downgrade',
    ],
    load: () => import('./commands/change-approve.ts'),
  },
  {
    path: ['change', 'reject'],
    args: '<change>',
    summary: 'Reject a change, which ends it',
    online: true,
    options: [required('-r, --reason <text>', 'why; it is recorded'), ...REVIEWED],
    examples: ['supersede change reject 01JDC4M8T0000000000000000A --reason "wait for 6.1.120"'],
    load: () => import('./commands/change-reject.ts'),
  },
  {
    path: ['change', 'request-changes'],
    args: '<change>',
    summary: 'Hold the release of a change until what you ask for is answered',
    online: true,
    options: [required('-r, --reason <text>', 'what to change'), ...REVIEWED],
    examples: ['supersede change request-changes 01JDC4M8T0000000000000000A --reason "soak for a day"'],
    load: () => import('./commands/change-request-changes.ts'),
  },
  {
    path: ['change', 'withdraw'],
    args: '<change>',
    summary: 'Withdraw your approval of a change, or your request for changes, until it is released',
    online: true,
    options: [REASON],
    examples: ['supersede change withdraw 01JDC4M8T0000000000000000A --reason "it stalls on lab hosts"'],
    load: () => import('./commands/change-withdraw.ts'),
  },
  {
    path: ['change', 'comment'],
    args: '<change>',
    summary: 'Say something about a change to the record; it decides nothing',
    online: true,
    options: [required('-m, --comment <text>', 'what there is to say')],
    examples: ['supersede change comment 01JDC4M8T0000000000000000A -m "did you try it on 6.1.119?"'],
    load: () => import('./commands/change-comment.ts'),
  },
  ...(['pause', 'resume', 'abort'] as const).map(
    (command): CommandDefinition => ({
      path: ['change', command],
      args: '<change>',
      summary: {
        pause: 'Hold a change where it is',
        resume: 'Let a held change go on',
        abort: 'End a change; hosts that have moved stay where they are',
      }[command],
      online: true,
      options: [REASON, option('--version <n>', 'the version that you saw; refused if the change has moved since')],
      examples: [`supersede change ${command} 01JDC4M8T0000000000000000A${command === 'resume' ? '' : ' --reason "load on the edge"'}`],
      load: () => import('./commands/change-control.ts').then(({ control }) => ({ run: control(command) })),
    }),
  ),
  {
    path: ['change', 'watch'],
    args: '<change>',
    summary: 'Watch a change wave by wave until it ends',
    online: true,
    options: [
      option('--interval <time>', 'time between two looks (default 1s)'),
      option('--until-decision', 'end when somebody has to decide, too'),
    ],
    examples: ['supersede change watch 01JDC4M8T0000000000000000A', 'supersede change watch 01JDC4M8T0000000000000000A | tee rollout.log'],
    load: () => import('./commands/change-watch.ts'),
  },
  {
    path: ['fleet', 'list'],
    args: '',
    summary: 'List fleets',
    online: true,
    options: PAGING,
    examples: ['supersede fleet list'],
    load: () => import('./commands/fleet-list.ts'),
  },
  {
    path: ['fleet', 'show'],
    args: '<fleet>',
    summary: 'Show a fleet with its cohorts',
    online: true,
    options: [],
    examples: ['supersede fleet show edge'],
    load: () => import('./commands/fleet-show.ts'),
  },
  {
    path: ['fleet', 'create'],
    args: '<fleet>',
    summary: 'Create a fleet',
    online: true,
    options: [
      option('-d, --description <text>', 'what it is'),
      repeat('--trust <path>', 'a certificate (PEM or DER), or a folder of them: whose signatures its owners trust'),
    ],
    examples: ['supersede fleet create edge --description "Edge proxies"', 'supersede fleet create edge --trust /etc/keys'],
    load: () => import('./commands/fleet-create.ts'),
  },
  {
    path: ['fleet', 'hosts'],
    args: '<fleet>',
    summary: 'List the hosts of a fleet',
    online: true,
    options: PAGING,
    examples: ['supersede fleet hosts edge'],
    load: () => import('./commands/fleet-hosts.ts'),
  },
  {
    path: ['fleet', 'enrol'],
    args: '<fleet>',
    summary: 'Issue one-time tokens with which hosts enrol',
    online: true,
    options: [option('-n, --count <n>', 'how many, 1 to 100 (default 1)')],
    examples: ['supersede fleet enrol edge --count 3'],
    load: () => import('./commands/fleet-enrol.ts'),
  },
  {
    path: ['host', 'show'],
    args: '<host>',
    summary: 'Show a host, and what its stalled transition waits for',
    online: true,
    options: [],
    examples: ['supersede host show edge-07'],
    load: () => import('./commands/host-show.ts'),
  },
  {
    path: ['host', 'clear'],
    args: '<host>',
    summary: 'Give a host leave to force its stalled transition, once; for who submitted the livepatch',
    online: true,
    options: [
      option('--evidence <digest>', 'what you saw, as supersede host show has it (8 characters or more); without it, it is shown'),
      option('--reason <text>', 'why the tasks that it waits for are safe in either code'),
      option('--for <time>', 'how long the leave lasts, for example 30m or 2h (default 30m, at most 24h)'),
    ],
    examples: ['supersede host clear edge-07', 'supersede host clear edge-07 --evidence 3f2a9c01d4 --reason "the reader only sleeps"'],
    load: () => import('./commands/host-clear.ts'),
  },
  {
    path: ['host', 'history'],
    args: '<host>',
    summary: 'What ran on a host over time, and by whose approval',
    online: true,
    options: PAGING,
    examples: ['supersede host history edge-07'],
    load: () => import('./commands/host-history.ts'),
  },
  {
    path: ['history'],
    args: '',
    summary: 'List what is recorded, newest first',
    online: true,
    options: [
      option('--actor <person>', 'only what this person did (supersede: the workflow)'),
      option('-f, --fleet <fleet>', 'only about this fleet'),
      option('--day <YYYY-MM-DD>', 'only on this day, UTC'),
      option('--verify', 'check the hash of every commit that matches and the links between them, here'),
      ...PAGING,
    ],
    examples: ['supersede history', 'supersede history --actor bob --day 2026-11-23', 'supersede history --fleet edge --verify'],
    load: () => import('./commands/history.ts'),
  },
  {
    path: ['lineage'],
    args: '<livepatch>',
    summary: 'What a livepatch replaced and what replaced it, on which fleets, by which changes',
    online: true,
    options: [],
    examples: ['supersede lineage proc@2'],
    load: () => import('./commands/lineage.ts'),
  },
  {
    path: ['verdict'],
    args: '<file>',
    summary: 'Judge a livepatch without proposing anything: on a fleet (server), or on a stack (offline)',
    online: true,
    options: [
      option('-f, --fleet <fleet>', 'judge on the stacks that the hosts of this fleet run now'),
      repeat('--stack <file>', 'judge on this stack (JSON), offline'),
      repeat('--known <file>', 'a livepatch that the stacks name, as a module file'),
      option('--symbols <file>', 'functions of the kernel, as /proc/kallsyms or System.map: whether those that are patched exist'),
      repeat('--strict <code=reason>', 'block what would only be reviewed, and why'),
      ...STATEMENT,
    ],
    formats: ['sarif'],
    examples: [
      'supersede verdict lp_proc_1.ko --fleet edge',
      'supersede verdict lp_proc_1.ko --stack host.json --known lp_proc_2.ko',
      'supersede verdict lp_proc_1.ko --stack host.json --known lp_proc_2.ko --strict fixes-lost="public hosts" -o sarif',
    ],
    load: () => import('./commands/verdict.ts'),
  },
  {
    path: ['bridge'],
    args: '<running> <target>',
    summary: 'Work out the smallest livepatch that leads from one to another which lacks the callbacks, offline',
    online: false,
    options: [option('--out <directory>', 'write the manifest, a C skeleton and a Kbuild file there')],
    formats: ['c'],
    examples: ['supersede bridge lp_proc_2.ko lp_proc_1.ko', 'supersede bridge lp_proc_2.ko lp_proc_1.ko --out bridge'],
    load: () => import('./commands/bridge.ts'),
  },
  {
    path: ['receiver', 'create'],
    args: '<name>',
    summary: 'Add somebody who is told; a webhook’s secret is printed once',
    online: true,
    options: [
      required('-k, --kind <kind>', 'webhook (signed), slack (or what takes Slack’s form), or eventbridge'),
      option('--to <address>', 'where it is told, https://…; - reads it from stdin, for an address that is a secret itself'),
      repeat('-f, --fleet <fleet>', 'only of this fleet (default: of all)'),
      repeat('--only <kind>', 'only this kind of notice, for example approval-asked or halted (default: all)'),
      option('-g, --group <group>', 'whom it speaks to: reminders go to the groups whose approval is missing'),
    ],
    examples: [
      'supersede receiver create ops --kind webhook --to https://ops.example.com/supersede > secret',
      'supersede receiver create security --kind slack --group security --to - < address',
      'supersede receiver create on-call --kind webhook --to https://pager.example.com/ --only escalation --only halted',
    ],
    load: () => import('./commands/receiver-create.ts'),
  },
  {
    path: ['receiver', 'list'],
    args: '',
    summary: 'List who is told, and how they do',
    online: true,
    options: [],
    examples: ['supersede receiver list'],
    load: () => import('./commands/receiver-list.ts'),
  },
  {
    path: ['receiver', 'test'],
    args: '<receiver>',
    summary: 'Send a test now, and tell what came of it',
    online: true,
    options: [],
    examples: ['supersede receiver test ops'],
    load: () => import('./commands/receiver-test.ts'),
  },
  {
    path: ['receiver', 'deliveries'],
    args: '<receiver>',
    summary: 'List what was sent to a receiver, newest first',
    online: true,
    options: [option('--state <state>', 'only pending, delivered or dead ones'), ...PAGING],
    examples: ['supersede receiver deliveries ops --state dead'],
    load: () => import('./commands/receiver-deliveries.ts'),
  },
  {
    path: ['receiver', 'retry'],
    args: '<receiver> <delivery>',
    summary: 'Send a delivery again now, and tell what came of it',
    online: true,
    options: [],
    examples: ['supersede receiver retry ops msg_01KAPY9ZT0Q4V8SB5H1X2E7GNR3MCD'],
    load: () => import('./commands/receiver-retry.ts'),
  },
  ...(
    [
      [
        'rotate',
        'Give a webhook another secret, and print it once; the old one signs as well for a while',
        [option('--overlap <time>', 'how long the old one signs as well, for example 1h (default: 1d)')],
      ],
      ['disable', 'Tell a receiver nothing until it is enabled', [REASON]],
      ['enable', 'Tell a receiver again what happens from now on', []],
      ['remove', 'Remove a receiver, with what is on its way to it', [REASON]],
    ] as const
  ).map(
    ([command, summary, options]): CommandDefinition => ({
      path: ['receiver', command],
      args: '<receiver>',
      summary,
      online: true,
      options,
      examples: [`supersede receiver ${command} ops${command === 'rotate' ? ' --overlap 1h > secret' : ''}`],
      load: () => import('./commands/receiver-control.ts').then(({ control }) => ({ run: control(command) })),
    }),
  ),
  {
    path: ['policy', 'check'],
    args: '[directory]',
    summary: 'Check policies: syntax, types, ids and reasons, rules that can never apply',
    online: false,
    options: [],
    examples: ['supersede policy check', 'supersede policy check our-policies'],
    load: () => import('./commands/policy-check.ts'),
  },
  {
    path: ['policy', 'show'],
    args: '[fleet]',
    summary: 'Say in plain words what a release needs, by kind of change, and who may do what',
    online: false,
    options: [POLICIES],
    examples: ['supersede policy show', 'supersede policy show edge --policies our-policies'],
    load: () => import('./commands/policy-show.ts'),
  },
  {
    path: ['policy', 'test'],
    args: '<cases>',
    summary: 'Ask policies about cases in YAML (who, what, expected, by which policy)',
    online: false,
    options: [POLICIES],
    examples: ['supersede policy test examples/policy-cases.yaml', 'supersede policy test cases.yaml --policies our-policies'],
    load: () => import('./commands/policy-test.ts'),
  },
  {
    path: ['simulate'],
    args: '<file>',
    summary: 'Run a scenario on the simulated kernel, offline, and print its transcript',
    online: false,
    options: [
      option('-k, --kernel <release>', 'kernel release whose rules hold (default: the scenario’s, or 6.1)'),
      option('--symbols <file>', 'functions of the kernel, as /proc/kallsyms or System.map (default: all that are named exist)'),
      option('--explain', 'say why each line of the kernel log came'),
    ],
    examples: ['supersede simulate scenario.json', 'supersede simulate recording.jsonl --kernel 6.12 --explain'],
    load: () => import('./commands/simulate.ts'),
  },
  {
    path: ['inspect'],
    args: '<file...>',
    summary: 'Read livepatch modules, offline',
    online: false,
    options: [repeat('--trust <path>', 'a certificate (PEM or DER), or a folder of them, to judge signatures with')],
    examples: ['supersede inspect lp_proc_2.ko', 'supersede inspect *.ko -o json', 'supersede inspect lp_proc_2.ko --trust /etc/keys'],
    load: () => import('./commands/inspect.ts'),
  },
  {
    path: ['diff'],
    args: '<from> <to>',
    summary: 'What changes when one livepatch takes the place of another, offline: functions, callbacks, states, fixes',
    online: false,
    options: [],
    examples: ['supersede diff lp_proc_1.ko lp_proc_2.ko', 'supersede diff lp_proc_2.ko lp_proc_1.ko -o json'],
    load: () => import('./commands/diff.ts'),
  },
]
