import { describe, expect, test } from '@jest/globals'
import { runScenario, Scenario } from '../../shared/kernel/index.ts'

type Input = Partial<Parameters<typeof Scenario.parse>[0] & object>

const run = (steps: readonly object[], more: Input = {}, release = '6.1.0') =>
  runScenario(Scenario.parse({ name: 's', modules: [{ name: 't1', kind: 'target' }], settle: 0, ...more, steps }), { release })

const results = (steps: readonly object[], more: Input = {}) => run(steps, more).map(({ rc }) => rc)

const t1 = { op: 'load', module: 't1' }
const patching = (name: string, funcs: readonly unknown[] = ['tgt_f0'], more: object = {}) => ({
  name,
  objects: [{ name: 't1', funcs, ...more }],
})

describe('a step of a scenario', () => {
  test('that loads a module that nobody described is refused', () => {
    expect(results([{ op: 'load', module: 'no' }])).toEqual(['ENOEXEC'])
  })

  test.each([
    ['', 'OK'],
    ['1', 'OK'],
    [' 2\n', 'OK'],
    ['+0x1f', 'OK'],
    ['-1', 'OK'],
    ['x1', 'EINVAL'],
    ['1x', 'EINVAL'],
    ['0x', 'EINVAL'],
  ])('that writes %j to a release parameter answers %s', (value, result) => {
    expect(results([t1, { op: 'release', module: 't1', value }])).toEqual(['OK', result])
  })

  test.each([
    ['0', false],
    ['00', false],
    ['-0', false],
    ['0x0', false],
    ['', false],
    ['10', true],
    ['1', true],
  ])('that writes %j to a release parameter lets sleepers go: %s', (value, goes) => {
    const steps = [
      t1,
      { op: 'spawn', id: 's', path: '/proc/t1/block' },
      { op: 'release', module: 't1', value },
      { op: 'join', id: 's', ms: 9 },
    ]
    expect(results(steps).at(-1)).toBe(goes ? 'OK' : 'ETIMEDOUT')
  })

  test('that writes to the parameter of a module that is not there', () => {
    expect(results([{ op: 'release', module: 't1' }])).toEqual(['ENOENT'])
  })

  test.each([
    [10, 'errno 4'],
    [9, ''],
    [15, ''],
    [17, null],
    [18, null],
    [23, null],
    [28, null],
    [16, ''],
    [19, ''],
    [24, ''],
    [29, ''],
    [11, ''],
  ])('that sends signal %j to an interruptible sleeper makes its reader see %j', (signal, read) => {
    const steps = [t1, { op: 'spawn', id: 's', path: '/proc/t1/iblock' }, { op: 'signal', id: 's', signal }, { op: 'join', id: 's', ms: 9 }]
    const [, , sent, joined] = run(steps)
    expect([sent?.rc, joined?.rc, joined?.read]).toEqual(read === null ? ['OK', 'ETIMEDOUT', undefined] : ['OK', 'OK', read])
  })

  test.each([10, 17])('that sends signal %j to a task that is not there answers ESRCH', signal => {
    expect(results([{ op: 'signal', id: 'no', signal }])).toEqual(['ESRCH'])
  })

  test('that calls shadow variables needs the module that does', () => {
    const modules = [{ name: 'klpshadow', kind: 'caller' }]
    const shadow = { op: 'shadow', call: 'get', id: 1 }
    expect(results([shadow, { op: 'load', module: 'klpshadow' }, shadow], { modules })).toEqual(['ENOENT', 'OK', 'OK'])
  })
})

describe('a livepatch of a scenario', () => {
  test.each([
    [true, 'OK'],
    [0, 'OK'],
    [-12, 'ENOMEM'],
  ])('with pre_patch %j answers %s', (pre_patch, result) => {
    const modules = [{ name: 't1', kind: 'target' }, patching('p', [], { callbacks: { pre_patch } })]
    expect(results([t1, { op: 'load', module: 'p' }], { modules })).toEqual(['OK', result])
  })

  test('called module taints without a line in a recording', () => {
    const [loaded] = run([{ op: 'load', module: 'module' }], { modules: [{ name: 'module' }] })
    expect(loaded?.log.filter(line => line.startsWith('module:'))).toEqual([])
  })

  test.each([
    ['16 objects', 16, 1, 'OK'],
    ['17 objects', 17, 1, 'E2BIG'],
    ['64 functions', 1, 64, 'OK'],
    ['65 functions', 1, 65, 'E2BIG'],
  ])('with %s', (_what, objects, functions, result) => {
    const funcs = Array.from({ length: functions }, (_, index) => `f${index}`)
    const modules = [{ name: 'p', objects: Array.from({ length: objects }, (_, index) => ({ name: `m${index}`, funcs })) }]
    expect(results([{ op: 'load', module: 'p' }], { modules })).toEqual([result])
  })

  test.each([
    'tgt_f0',
    'tgt_f1',
    'tgt_f2',
    'tgt_f3',
    'tgt_f4',
    'tgt_f5',
    'tgt_f6',
    'tgt_f7',
    'tgt_dup1',
    'tgt_dup2',
    'tgt_say',
    'tgt_thread',
    'release_set',
    'tgt_block',
    'tgt_iblock',
  ])('may patch %s of a target', name => {
    const modules = [{ name: 't1', kind: 'target' }, patching('p', [name])]
    expect(results([t1, { op: 'load', module: 'p' }], { modules })).toEqual(['OK', 'OK'])
  })

  test.each(['klptgt_exit', 'cleanup_module', 'tgt_dup', 'tgt_f8'])('may not patch %s of a target', name => {
    const modules = [{ name: 't1', kind: 'target' }, patching('p', [name])]
    expect(results([t1, { op: 'load', module: 'p' }], { modules })).toEqual(['OK', 'EINVAL'])
  })
})

describe('a retry of a stalled transition', () => {
  const modules = [{ name: 't1', kind: 'target' }, patching('p', ['tgt_block']), { name: 'q' }]
  const stall = [t1, { op: 'spawn', id: 's', path: '/proc/t1/block' }, { op: 'load', module: 'p' }, { op: 'release', module: 't1' }]
  const openAfter = (...more: object[]) => run([...stall, ...more], { modules }).at(-1)?.patches.p?.transition

  test.each([
    [0, '1'],
    [500, '1'],
    [1500, '0'],
  ])('comes within a wait of %j ms or not', (ms, open) => {
    expect(openAfter({ op: 'wait', ms })).toBe(open)
  })

  test('comes while a step settles', () => {
    expect(run([...stall.slice(0, 3), { op: 'release', module: 't1', settle: 2000 }], { modules }).at(-1)?.patches.p?.transition).toBe('0')
  })
})

describe('a task of a scenario', () => {
  test.each([
    ['/proc/cmdline', 'cmdline_proc_show'],
    ['/proc/version', 'version_proc_show'],
    ['/proc/loadavg', 'loadavg_proc_show'],
    ['/proc/uptime', 'uptime_proc_show'],
    ['/proc/meminfo', 'meminfo_proc_show'],
    ['/proc/filesystems', 'filesystems_proc_show'],
    ['/proc/softirqs', 'show_softirqs'],
    ['/proc/stat', 'show_stat'],
    ['/fifo', 'fifo_open'],
    ['/proc/t1/f0', 'tgt_f0'],
  ])('that reads %s calls %s', (path, name) => {
    const patch = { name: 'k', objects: [{ funcs: [name] }, { name: 't1', funcs: name === 'tgt_f0' ? [name] : [] }] }
    const modules = [{ name: 't1', kind: 'target' }, patch]
    const steps = [t1, { op: 'load', module: 'k' }, { op: 'spawn', id: 's', path }, { op: 'join', id: 's' }]
    expect(run(steps, { modules }).at(-1)?.read).toBe(`k: ${name}\n`)
  })

  test.each([
    ['/proc/t1/f0', 't1 original: tgt_f0\n'],
    ['/proc/t1/dup2', 't1 original: tgt_dup#2\n'],
    ['/proc/stat', null],
    ['/proc/t2/f0', 'errno 2'],
  ])('that reads %s with nothing patched sees %j', (path, read) => {
    expect(run([t1, { op: 'spawn', id: 's', path }, { op: 'join', id: 's' }]).at(-1)?.read).toBe(read)
  })

  test('sees nothing where the replacement answers with a number', () => {
    const modules = [{ name: 't1', kind: 'target' }, patching('p', [{ name: 'tgt_f0', mode: 'c0' }])]
    const steps = [t1, { op: 'load', module: 'p' }, { op: 'spawn', id: 's', path: '/proc/t1/f0' }, { op: 'join', id: 's' }]
    const probed = run(steps, { modules, probe: ['t1:tgt_f0', 'vmlinux:x', 'no:f'] }).at(-1)
    expect([probed?.read, probed?.calls]).toEqual(['', { 't1:tgt_f0': 'orig', 'vmlinux:x': 'orig', 'no:f': 'ENOENT' }])
  })

  test('is asked for other calls in each step', () => {
    const steps = [
      { ...t1, probe: ['t1:tgt_f0'] },
      { op: 'wait', ms: 1, probe: ['t2:tgt_f0'] },
      { op: 'wait', ms: 1, probe: [] },
    ]
    expect(run(steps).map(({ calls }) => calls)).toEqual([{ 't1:tgt_f0': 'orig' }, { 't2:tgt_f0': 'ENOENT' }, undefined])
  })
})
