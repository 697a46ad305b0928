import { describe, expect, test } from '@jest/globals'
import type { Manifest } from '../../shared/livepatch/index.ts'
import { judgeChange } from '../../shared/verdict/index.ts'
import { manifestOf, type Recording, recordings, spoken, stackBefore } from './recording.ts'

/** The steps of a recording that are the route: from the first that disables anything to the last, which loads. */
const routeIn = ({ steps }: Recording) => {
  const from = steps.findIndex(({ op }) => op === 'enabled')
  return { earlier: steps.slice(0, from), route: steps.slice(from) }
}

/** What the verdict foretells of the route, and what the real kernel did. */
const compared = (recording: Recording) => {
  const livepatches = recording.modules.filter(({ kind }) => kind === 'livepatch')
  const known = new Map<string, Manifest>(livepatches.map(each => [each.name, manifestOf(each, recording.kernel)]))
  const { earlier, route } = routeIn(recording)
  const [last, next] = [route.at(-1), known.get(route.at(-1)?.module ?? '')]
  if (!last || !next) throw new Error(`${recording.name} does not end in a load`)
  const loaded = earlier.flatMap(({ op, module, rc }) => (op === 'load' && rc === 'OK' && module !== undefined ? [module] : []))
  const stack = stackBefore(recording, earlier.at(-1), loaded, known)
  const [cohort] = judgeChange({ livepatch: next, cohorts: [{ stack, hosts: 1 }], known, route: 'disable-then-load' }).cohorts
  const log = route.flatMap(step => step.log)
  return {
    foretold: { result: cohort?.result, runs: cohort?.stackAfter, callbacks: cohort?.callbacks.run, log: cohort?.log },
    happened: { result: last.rc, runs: Object.keys(last.patches), callbacks: spoken(log), log },
    disables: cohort?.byDisabling?.disables,
    disabled: route.flatMap(({ op, log }) => (op === 'enabled' ? [/'(.*)'/.exec(log[0] ?? '')?.[1] ?? ''] : [])),
    proved: cohort?.byDisabling?.proved,
    last,
    next,
  }
}

/** Lines of a callback of a livepatch are the guest's own. */
const isKernels = (line: string): boolean => !line.startsWith('klpgen:')

describe.each(['6.1', '6.12', '7.2'])('the route disable-then-load on a recorded kernel %s', kernel => {
  const all = recordings(kernel, 'routes')
  /* A task that sleeps keeps this one open, so that the kernel refuses what comes too early; a verdict knows of no tasks. */
  const [waits, direct] = [all.filter(({ name }) => name === 'route-that-waits'), all.filter(({ name }) => name !== 'route-that-waits')]

  test.each(direct.map(recording => [recording.name, recording] as const))('%s is what the simulation says of it', (_, recording) => {
    const { foretold, happened, disables, disabled, last, next } = compared(recording)
    expect({ ...foretold, log: foretold.log?.filter(isKernels) }).toEqual({ ...happened, log: happened.log.filter(isKernels) })
    expect(disables).toEqual(disabled)
    expect(last.patches[next.name]).toMatchObject({ enabled: '1', transition: '0' })
  })

  test('is proved but where something is left that nobody undoes', () => {
    expect(direct.filter(recording => !compared(recording).proved).map(({ name }) => name)).toEqual(['route-leaves-behind'])
  })

  test('goes no step on before the transition of the one before has ended', () => {
    const steps = waits.flatMap(recording => routeIn(recording).route)
    expect(steps.map(({ op, rc }) => `${op} ${rc}`)).toEqual([
      ...['enabled OK', 'unload EAGAIN', 'load EBUSY', 'release OK', 'wait OK', 'unload OK', 'load OK'],
    ])
  })
})
