import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openPlatform, type Platform } from '../local/index.ts'
import { type Client, expecting, openClient } from './client.ts'
import { type Fleet, startFleet } from './fleet.ts'
import { FLEET, HOSTS, KERNEL_RELEASE } from './hosts.ts'
import { openLog } from './log.ts'
import { type Options, parseOptions } from './options.ts'
import { PEOPLE, type PersonName } from './people.ts'
import { openSay, type Say } from './say.ts'
import { moduleFile, type Scene } from './scene.ts'
import { Tokens } from './shapes.ts'
import { askHistory, downgrade, PLANS, showFleet, submitAll, upgrade } from './story.ts'
import { synthesize } from './synthesize.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

const clientOf = ({ url, issuer }: Platform, name: PersonName): Client => {
  const person = PEOPLE.find(({ id }) => id === name)
  if (!person) throw new Error(`nobody is called ${name}`)
  return openClient(url, () => issuer.token(person))
}

const startHosts = (scene: Scene, url: string, data: string): Promise<Fleet> =>
  startFleet({
    url,
    folder: join(data, 'hosts'),
    fleet: FLEET,
    release: KERNEL_RELEASE,
    hosts: HOSTS,
    files: Object.fromEntries([...new Set(HOSTS.flatMap(host => host.livepatches))].map(name => [name, moduleFile(root, name)])),
    issueTokens: async count => {
      const answer = await expecting(
        scene.as.alice,
        'issue-enrolments',
        { parameters: { fleet: FLEET }, body: { count }, key: crypto.randomUUID() },
        200,
        201,
      )
      return Tokens.parse(answer.body).tokens
    },
  })

const openScene = (platform: Platform, say: Say, quick: boolean): Scene => {
  const as = {
    alice: clientOf(platform, 'alice'),
    bob: clientOf(platform, 'bob'),
    carol: clientOf(platform, 'carol'),
    dave: clientOf(platform, 'dave'),
  }
  return { as, say, root, plan: quick ? PLANS.quick : PLANS.shown }
}

const DEFAULTS = { url: 'http://127.0.0.1:8383', data: '.supersede' }

/** What another terminal has to be told where this one was started with other options than usual. */
const elsewhere = (url: string, data: string) => ({
  server: url === DEFAULTS.url ? '' : `  export SUPERSEDE_URL=${url}\n`,
  login: data === resolve(root, DEFAULTS.data) ? '' : ` --data ${data}`,
})

const NEXT = ({ url, code, data, change }: { url: string; code: string; data: string; change: string }) => `
Open  ${url}/#code=${code}

Try next, in another terminal:
${elsewhere(url, data).server}  npx supersede login bob${elsewhere(url, data).login}
  npx supersede change show ${change}
  npx supersede host history cache-12.sin
  npx supersede inspect examples/livepatches/lp_proc_3.ko
  npx supersede change propose --fleet ${FLEET} --livepatch lp_proc_3 --soak 5s --reason "Third fix"
`

type Running = { readonly platform: Platform; readonly say: Say; close: () => Promise<void> }

const start = async ({ data, fresh, port }: Options, say: Say): Promise<Running> => {
  if (fresh) forget(data)
  say.step('Synthesize the CDK app and start everything from its template')
  const { assembly, made } = await synthesize(root)
  say.line(made ? 'synthesized into cdk.out' : 'cdk.out is up to date')
  const log = openLog(data)
  const platform = await openPlatform({ assembly, stack: 'Supersede', data, port, people: PEOPLE, now: Date.now, log: log.write })
  say.line(`ready on ${platform.url}; the log is ${relative(process.cwd(), join(data, 'supersede.log'))}`)
  return {
    platform,
    say,
    close: async () => {
      await platform.close()
      log.close()
    },
  }
}

/** Only a folder that this program made is ever deleted. */
const forget = (data: string): void => {
  if (!existsSync(data)) return
  if (!existsSync(join(data, 'dynamodb.sqlite')))
    throw new Error(`${data} is not a data directory of Supersede, so --fresh leaves it alone`)
  rmSync(data, { recursive: true })
}

const play = async (running: Running, { data, quick }: Options): Promise<string> => {
  const { platform, say } = running
  const scene = openScene(platform, say, quick)
  say.step('Enrol a fleet of 40 simulated hosts')
  const created = await expecting(
    scene.as.alice,
    'create-fleet',
    { body: { id: FLEET, description: 'Demonstration: 40 simulated hosts', pollSeconds: scene.plan.pollSeconds }, key: 'demo-fleet' },
    201,
    200,
    409,
  )
  if (created.status === 409) say.line(`fleet ${FLEET} is there already`)
  const fleet = await startHosts(scene, platform.url, data)
  const closeRest = running.close
  running.close = async () => {
    await fleet.stop()
    await closeRest()
  }
  say.line(`${fleet.enrolled} hosts enrolled, ${fleet.running} run`)
  await showFleet(scene)
  say.step('Submit four livepatch modules')
  const patches = await submitAll(scene)
  say.step('Change one: the fleet to lp_proc_2')
  const change = await upgrade(scene, patches)
  say.step('Change two: back to lp_proc_1')
  await downgrade(scene, patches)
  say.step('Ask the history')
  await askHistory(scene, patches, change)
  return change
}

const untilInterrupted = (): Promise<void> =>
  new Promise(done => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done())
  })

const fail = (message: string, code: number): never => {
  process.stderr.write(`supersede: ${message}\n`)
  process.exit(code)
}

const main = async (): Promise<number> => {
  const parsed = parseOptions(process.argv.slice(2))
  if (!parsed.ok) {
    if (!parsed.help) return fail(parsed.message, 2)
    process.stdout.write(parsed.message)
    return 0
  }
  const options = { ...parsed.options, data: resolve(parsed.options.data) }
  const interrupted = untilInterrupted().then(() => 'interrupted' as const)
  const running = await start(options, openSay(process.stdout, Date.now))
  try {
    const played = await Promise.race([play(running, options), interrupted])
    if (played === 'interrupted') return 130
    if (options.once) {
      process.stdout.write('\nDone. Without --once it stays up, goes on from here, and says where to look.\n')
      return 0
    }
    const { code } = JSON.parse(readFileSync(join(options.data, 'issuer.json'), 'utf8')) as { code: string }
    process.stdout.write(NEXT({ url: running.platform.url, code, data: options.data, change: played }))
    process.stdout.write('Ctrl-C stops it.\n')
    await interrupted
    process.stdout.write('Stopping.\n')
    return 0
  } finally {
    await running.close()
  }
}

main().then(
  code => process.exit(code),
  (error: unknown) => fail(error instanceof Error ? error.message : String(error), 1),
)
