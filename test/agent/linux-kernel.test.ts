import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { linuxKernel } from '../../agent/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'
import { KERNELS, layOut, recordedFiles } from './host-files.ts'

/** A file tree such as a machine with these livepatches shows it. */
type Tree = {
  readonly modules: readonly string[]
  readonly livepatches: Readonly<Record<string, { enabled: string; transition: string; objects: Readonly<Record<string, string | null>> }>>
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-linux-'))
})
afterAll(() => rm(folder, { recursive: true }))

const put = async (path: string, text: string): Promise<void> => {
  await mkdir(join(path, '..'), { recursive: true })
  await writeFile(path, text)
}

let trees = 0
const machine = async ({ modules, livepatches }: Tree): Promise<string> => {
  trees += 1
  const root = join(folder, `tree-${trees}`)
  await put(join(root, 'proc/sys/kernel/osrelease'), '6.1.0-50-amd64\n')
  await put(join(root, 'proc/sys/kernel/random/boot_id'), 'b0f7\n')
  await put(join(root, 'proc/modules'), modules.map(line => `${line}\n`).join(''))
  await mkdir(join(root, 'sys/kernel/livepatch'), { recursive: true })
  for (const [name, { enabled, transition, objects }] of Object.entries(livepatches)) {
    await put(join(root, 'sys/kernel/livepatch', name, 'enabled'), `${enabled}\n`)
    await put(join(root, 'sys/kernel/livepatch', name, 'transition'), `${transition}\n`)
    for (const [object, patched] of Object.entries(objects)) {
      await mkdir(join(root, 'sys/kernel/livepatch', name, object, 'some_function,1'), { recursive: true })
      if (patched !== null) await put(join(root, 'sys/kernel/livepatch', name, object, 'patched'), `${patched}\n`)
    }
  }
  return root
}

const NEWEST_FIRST = [
  'hotfix 16384 1 - Live 0x0000000000000000 (OEK)',
  'driver 20480 0 - Live 0x0000000000000000',
  'lp_1 16384 1 - Live 0x0000000000000000 (OK)',
  'lp_0 16384 0 - Live 0x0000000000000000 (OEK)',
  'ext4 983040 1 - Live 0x0000000000000000',
]

describe('the kernel of a real machine', () => {
  test('is read from sysfs and procfs: livepatches oldest first, what is still resident, and the patched modules', async () => {
    const root = await machine({
      modules: NEWEST_FIRST,
      livepatches: {
        hotfix: { enabled: '1', transition: '1', objects: { vmlinux: '1' } },
        lp_1: { enabled: '1', transition: '0', objects: { vmlinux: '1', driver: '1', absent: '0' } },
      },
    })
    expect(await linuxKernel({ root }).observe()).toEqual({
      bootId: 'b0f7',
      stack: {
        kernelRelease: '6.1.0-50-amd64',
        livepatches: [
          { name: 'lp_1', digest: null, enabled: true, transition: false },
          { name: 'hotfix', digest: null, enabled: true, transition: true },
        ],
        resident: [{ name: 'lp_0', digest: null, refcnt: 0 }],
        targets: ['driver'],
        forced: false,
      },
      patched: { lp_1: { vmlinux: true, driver: true, absent: false }, hotfix: { vmlinux: true } },
    })
  })

  test('tells which functions ftrace does not divert, where tracefs is mounted', async () => {
    const livepatches = { lp_1: { enabled: '1', transition: '0', objects: { vmlinux: '1', driver: '1' } } }
    const root = await machine({ modules: NEWEST_FIRST, livepatches })
    const lines = [
      'some_function (1) R I     \ttramp: 0xffffffffc0335000 (klp_ftrace_handler+0x0/0x1f0)',
      'some_function [driver] (1) R   ',
      'other (2)',
    ]
    await put(join(root, 'sys/kernel/tracing/enabled_functions'), `${lines.join('\n')}\n`)
    expect((await linuxKernel({ root }).observe()).unhooked).toEqual({ lp_1: ['driver:some_function'] })
  })

  test('before 6.1 does not tell which objects are patched', async () => {
    const root = await machine({
      modules: NEWEST_FIRST,
      livepatches: { lp_1: { enabled: '1', transition: '0', objects: { vmlinux: null } } },
    })
    expect((await linuxKernel({ root }).observe()).patched).toEqual({ lp_1: { vmlinux: null } })
  })

  test('was forced where a livepatch that is gone from sysfs is still held', async () => {
    const root = await machine({ modules: ['lp_0 16384 1 - Live 0x0000000000000000 (OEK)'], livepatches: {} })
    expect((await linuxKernel({ root }).observe()).stack.forced).toBe(true)
  })

  const PINNED = 'lp_0 16384 1 - Live 0x0000000000000000 (OEK)'
  test.each([
    ['that another module uses', 'lp_0 16384 1 lp_user, Live 0x0000000000000000 (OEK)'],
    ['that is being loaded', 'lp_0 16384 1 - Loading 0x0000000000000000 (OEK)'],
    ['that nobody holds', 'lp_0 16384 0 - Live 0x0000000000000000 (OEK)'],
    ['that is no livepatch', 'lp_0 16384 1 - Live 0x0000000000000000 (OE)'],
  ])('was not forced because of a module %s', async (_, line) => {
    const root = await machine({ modules: [line], livepatches: {} })
    expect((await linuxKernel({ root }).observe()).stack.forced).toBe(false)
  })

  test('was not forced because of a module that is let go while it looks', async () => {
    const root = await machine({ modules: [PINNED], livepatches: {} })
    const looking = linuxKernel({ root }).observe()
    await put(join(root, 'proc/modules'), PINNED.replace(' 1 ', ' 0 '))
    expect((await looking).stack.forced).toBe(false)
  })

  test('was forced where its log says so, though nothing is pinned that can be seen yet', async () => {
    const livepatches = { lp_1: { enabled: '1', transition: '0', objects: { vmlinux: '1' } } }
    const root = await machine({ modules: ['lp_1 16384 1 - Live 0x0000000000000000 (OK)'], livepatches })
    const kernel = linuxKernel({ root })
    await put(join(root, 'dev/kmsg'), "6,100,9000,-;livepatch: enabling patch 'lp_1'\n")
    expect((await kernel.observe()).stack.forced).toBe(false)
    await appendFile(join(root, 'dev/kmsg'), '4,101,9100,-;livepatch: forcing remaining tasks to the patched state\n SUBSYSTEM=x\n')
    expect((await kernel.observe()).stack.forced).toBe(true)
    expect((await kernel.observe()).stack.forced).toBe(true)
  })

  test('without livepatching has an empty stack', async () => {
    const root = await machine({ modules: [], livepatches: {} })
    await rm(join(root, 'sys'), { recursive: true })
    expect((await linuxKernel({ root }).observe()).stack.livepatches).toEqual([])
  })

  test('leaves out a livepatch that goes away while it is read', async () => {
    const root = await machine({ modules: NEWEST_FIRST, livepatches: { lp_1: { enabled: '1', transition: '0', objects: {} } } })
    await mkdir(join(root, 'sys/kernel/livepatch/leaving'))
    expect((await linuxKernel({ root }).observe()).stack.livepatches.map(({ name }) => name)).toEqual(['lp_1'])
  })
})

describe('what a real machine tells of tracing', () => {
  const FUNCTIONS = ['t1/tgt_f0', 'vmlinux/version_proc_show']
  const observed = async (name: string, files: Readonly<Record<string, string>>) => {
    const root = join(folder, `tracing-${name}`)
    await layOut(root, files, FUNCTIONS)
    return (await linuxKernel({ root }).observe()).stack
  }
  const without = (files: Readonly<Record<string, string>>, path: RegExp) =>
    Object.fromEntries(Object.entries(files).filter(([name]) => !path.test(name)))

  test.each(KERNELS)('on %s: who may redirect a function, and who watches the body of one; nothing else', async kernel => {
    const stack = await observed(`traced-${kernel}`, recordedFiles(kernel, 'traced'))
    expect(stack.tracing).toEqual({
      ftraceEnabled: true,
      tracers: [
        { object: 't1', function: 'tgt_f3', kind: 'kprobe', exclusive: false },
        { object: null, function: 'cmdline_proc_show', kind: 'kprobe', exclusive: false },
        { object: null, function: 'uptime_proc_show', kind: 'kprobe', exclusive: true },
      ],
    })
    expect(stack.targets).toEqual(['t1'])
  })

  test.each(KERNELS)('on %s: a livepatch is nobody who traces', async kernel => {
    const stack = await observed(`untraced-${kernel}`, recordedFiles(kernel, 'untraced'))
    expect(stack.livepatches.map(({ name }) => name)).toEqual(['lp_a'])
    expect(stack.tracing).toEqual({ ftraceEnabled: true, tracers: [] })
  })

  test.each(KERNELS)('on %s: that ftrace is switched off', async kernel => {
    expect((await observed(`off-${kernel}`, recordedFiles(kernel, 'switchedOff'))).tracing?.ftraceEnabled).toBe(false)
  })

  test.each(KERNELS)('on %s leaves out what goes on seeing each call: only probes in a body are blinded', kernel => {
    const { before = '', after = '' } = recordedFiles(kernel, 'blinded')
    const hits = (profile: string) => Object.fromEntries([...profile.matchAll(/^ *(\w+) +(\d+)/gm)].map(([, name, count]) => [name, count]))
    expect([hits(before), hits(after)]).toEqual([
      { entry: '1', back: '1', body: '1' },
      { entry: '2', back: '2', body: '1' },
    ])
  })

  test.each([
    ['of kprobes', /kprobes\/list/],
    ['of ftrace', /enabled_functions/],
  ])('is not that nobody traces, where the list %s may not be read', async (name, path) => {
    const stack = await observed(name, without(recordedFiles('6.1', 'traced'), path))
    expect(stack.tracing).toEqual({ ftraceEnabled: true, tracers: null })
  })

  test('is nothing on a kernel without ftrace', async () => {
    expect(await observed('none', without(recordedFiles('6.1', 'untraced'), /ftrace|tracing|kprobes/))).not.toHaveProperty('tracing')
  })

  test('does not depend on the order in which the kernel lists it, nor on how many probes sit in a function', async () => {
    const files = recordedFiles('6.1', 'traced')
    const again = Object.fromEntries(
      Object.entries(files).map(([path, text]) => {
        const lines = text.split('\n').filter(line => line !== '')
        return [path, /list|functions/.test(path) ? `${[...lines, ...lines].toReversed().join('\n')}\n` : text]
      }),
    )
    expect(stackDigest(await observed('again', again))).toBe(stackDigest(await observed('once', files)))
  })

  test('is as much as a report may carry, and those that keep a livepatch from loading first', async () => {
    const files = { ...recordedFiles('6.1', 'untraced') }
    const many = Array.from({ length: 400 }, (_, index) => `ffffffff8140e0a0  k  a_function_${index}+0x5    `)
    files['/sys/kernel/debug/kprobes/list'] = `${many.join('\n')}\n`
    files['/sys/kernel/debug/tracing/enabled_functions'] += 'zz_taken (1) R I  \ttramp: 0xffffffffc0214000\n'
    const tracers = (await observed('many', files)).tracing?.tracers ?? []
    expect(tracers).toHaveLength(256)
    expect(tracers).toContainEqual({ object: null, function: 'zz_taken', kind: 'ftrace', exclusive: true })
  })
})

describe('a stalled transition', () => {
  const FUNCTIONS = ['t1/tgt_block', 't1/tgt_f0', 'vmlinux/version_proc_show']

  test.each(KERNELS)('is explained by the tasks that a real %s kernel waits for, and what they sleep in', async kernel => {
    const root = join(folder, `stalled-${kernel}`)
    await layOut(root, recordedFiles(kernel, 'stalled'), FUNCTIONS)
    const explained = await linuxKernel({ root }).explain()
    expect(explained).toMatchObject({ livepatch: 'lp_a', direction: 'patching', waiting: 2, log: [] })
    expect(explained?.tasks).toMatchObject([
      { name: 'klptgt_thread', kthread: true, state: 'I', functions: ['t1:tgt_block'] },
      { name: 'init', kthread: false, state: 'I', functions: ['t1:tgt_block'] },
    ])
    expect(explained?.tasks[0]?.stack[0]).toMatch(/^tgt_block\+0x\w+\/0x\w+ \[t1\]$/)
  })

  test('the other way waits for those that are still on the new side', async () => {
    const root = join(folder, 'unpatching')
    await layOut(root, { ...recordedFiles('6.1', 'stalled'), '/sys/kernel/livepatch/lp_a/enabled': '0\n' }, FUNCTIONS)
    const explained = await linuxKernel({ root }).explain()
    const { waiting = 0, tasks = [] } = explained ?? {}
    expect(waiting).toBeGreaterThan(tasks.length)
    expect(tasks).toHaveLength(16)
    expect(tasks.map(({ name }) => name)).not.toContain('klptgt_thread')
  })

  test('says that it cannot tell where patch_state is not to be read', async () => {
    const root = join(folder, 'no-patch-state')
    const files = Object.entries(recordedFiles('6.1', 'stalled')).filter(([path]) => !path.endsWith('/patch_state'))
    await layOut(root, Object.fromEntries(files), FUNCTIONS)
    expect(await linuxKernel({ root }).explain()).toMatchObject({ waiting: null, tasks: [] })
  })

  test('is none where no transition is open', async () => {
    const root = join(folder, 'at-rest')
    await layOut(root, recordedFiles('6.1', 'untraced'), FUNCTIONS)
    expect(await linuxKernel({ root }).explain()).toBeNull()
  })

  test('may wait for a task that is called whatever it likes', async () => {
    const root = join(folder, 'odd-name')
    const files = Object.entries(recordedFiles('6.1', 'stalled')).map(([path, text]) => [
      path,
      text.replace('(klptgt_thread) I', '(a) S (b) D'),
    ])
    await layOut(root, Object.fromEntries(files), FUNCTIONS)
    expect((await linuxKernel({ root }).explain())?.tasks[0]).toMatchObject({ name: 'a) S (b', state: 'D', kthread: true })
  })
})

describe('loading and removing', () => {
  const tool = async (name: string, script: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, `#!/bin/sh\n${script}\n`)
    await chmod(path, 0o755)
    return path
  }
  const module = { name: 'lp_2', manifest: null, bytes: new Uint8Array(), path: '/modules/lp_2.ko' }

  test('hand the file to insmod', async () => {
    const insmod = await tool('insmod-ok', 'test "$1" = /modules/lp_2.ko')
    expect(await linuxKernel({ insmod }).load(module)).toEqual({ result: 'OK', detail: '' })
  })

  test.each([
    ['insmod: ERROR: could not insert module lp_2.ko: File exists', 'EEXIST'],
    ['insmod: ERROR: could not insert module lp_2.ko: Invalid parameters', 'EINVAL'],
    ['insmod: ERROR: could not insert module lp_2.ko: Device or resource busy', 'EBUSY'],
    ['insmod: ERROR: could not insert module lp_2.ko: Invalid module format', 'ENOEXEC'],
    ['insmod: ERROR: could not insert module lp_2.ko: Key was rejected by service', 'EKEYREJECTED'],
    ['something nobody has seen', 'EIO'],
  ])('name the error behind "%s"', async (words, result) => {
    const insmod = await tool(`insmod-${result}`, `echo "${words}" >&2; exit 1`)
    expect(await linuxKernel({ insmod }).load(module)).toEqual({ result, detail: words })
  })

  test('say so where the tool is missing', async () => {
    expect((await linuxKernel({ rmmod: join(folder, 'nowhere') }).remove('lp_2')).result).not.toBe('OK')
  })

  test('name a module that is in use', async () => {
    const rmmod = await tool('rmmod-busy', 'echo "rmmod: ERROR: Module $1 is in use" >&2; exit 1')
    expect(await linuxKernel({ rmmod }).remove('lp_2')).toEqual({ result: 'EAGAIN', detail: 'rmmod: ERROR: Module lp_2 is in use' })
  })
})
