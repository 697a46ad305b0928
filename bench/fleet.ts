import { apply, boot, explain, type LivepatchImage, type Machine } from '../shared/kernel/index.ts'
import { planDefaults } from '../shared/policy/index.ts'
import { bucketOf, waveOf } from '../shared/rollout/index.ts'
import { cpuOf, type Figure } from './figure.ts'

const HOSTS = 1_000_000
const COHORTS = 200
/** Every thousandth host stalls. */
const STALLS = 1_000
const SHARES = [100, 500, 2_000, 5_000, 10_000]
const RELEASE = '6.1.0-50-amd64'

/** Tasks that call the first function of it sleep there. */
const image = (name: string, functions: number): LivepatchImage => ({
  kind: 'livepatch',
  name,
  replace: true,
  states: [],
  objects: [
    {
      name: null,
      functions: Array.from({ length: functions }, (_, index) => ({
        name: `f_${index}`,
        sympos: '0',
        ...(index === 0 ? { sleeps: 'uninterruptible' as const } : {}),
      })),
      callbacks: {},
    },
  ],
})

const loaded = (machine: Machine, livepatch: LivepatchImage): Machine => {
  const outcome = apply(machine, { op: 'load', module: livepatch })
  if (outcome.result !== 'OK') throw new Error(`the simulated kernel answers ${outcome.result}`)
  return outcome.machine
}

/** What the hosts of one cohort run before the change. */
const cohortOf = (index: number): Machine => loaded(boot({ release: RELEASE }), image(`lp_${index}`, 1 + (index % 20)))

/**
 * A rollout over a whole fleet: hosts of a cohort behave alike, so each cohort's load is simulated once; a host that stalls is simulated by
 * itself, with a task that sleeps in a patched function, and explained. Which wave a host is in is worked out for every single one.
 */
const rollOut = (): { readonly applied: number; readonly stalled: number } => {
  const proposed = image('lp_new', 20)
  const before = Array.from({ length: COHORTS }, (_, index) => cohortOf(index))
  for (const machine of before) loaded(machine, proposed)
  const plan = { ...planDefaults, waves: SHARES.map(share => ({ share })) }
  const counts = SHARES.map(() => ({ applied: 0, stalled: 0 }))
  for (let host = 0; host < HOSTS; host += 1) {
    const count = counts[waveOf(plan, bucketOf(`host-${host}`))]
    if (!count) throw new Error('every bucket has a wave')
    if (host % STALLS !== 0) {
      count.applied += 1
      continue
    }
    const machine = before[host % COHORTS]
    if (!machine) throw new Error('every host has a cohort')
    const asleep = apply(machine, { op: 'spawn', task: { id: `t${host}`, object: null, function: 'f_0' } }).machine
    const { blockers } = explain(loaded(asleep, proposed)) ?? { blockers: [] }
    if (blockers.length !== 1) throw new Error('a task that sleeps in a patched function keeps the transition from ending')
    count.stalled += 1
  }
  return counts.reduce((sum, { applied, stalled }) => ({ applied: sum.applied + applied, stalled: sum.stalled + stalled }), {
    applied: 0,
    stalled: 0,
  })
}

export const fleetFigures = async (): Promise<readonly Figure[]> => {
  const seconds = await cpuOf(rollOut)
  const megabytes = process.memoryUsage.rss() / 2 ** 20
  const name = `${HOSTS.toLocaleString('en')} hosts, ${COHORTS} cohorts, ${SHARES.length} waves`
  return [
    { name, value: seconds, unit: 's CPU', target: 2, wanted: 'at most' },
    { name: `${name}: memory`, value: megabytes, unit: 'MB', target: 200, wanted: 'at most' },
  ]
}
