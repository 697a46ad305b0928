import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'

/*
 * node bootstrap.cjs test/oracle/load-modules.ts ORACLE KERNEL OUTPUT FOLDER...
 *
 * Loads each x86-64 module of the folders in the real kernel of a copy of the oracle (6.1, 6.12 or 7.2, made by its setup.sh), each in a guest that
 * was just booted, and writes what came of it, a line for each module: insmod's result, what the kernel logged, and all of /sys/kernel/livepatch.
 */
const [oracle, kernel, output, ...folders] = process.argv.slice(2)
if (!oracle || !kernel || !output || folders.length === 0) {
  console.error('usage: node bootstrap.cjs test/oracle/load-modules.ts ORACLE KERNEL OUTPUT FOLDER...')
  process.exit(2)
}

type Answer = { readonly rc: number; readonly dmesg: readonly string[]; readonly sysfs: unknown }
type Guest = {
  start: () => Promise<void>
  restore: () => Promise<void>
  stop: () => Promise<void>
  cmd: (...words: string[]) => Promise<Answer>
}

const build = resolve(oracle, 'build', kernel)
const elfOf86 = (file: string): boolean => {
  const bytes = readFileSync(file)
  return bytes.length > 64 && bytes.readUInt32BE(0) === 0x7f454c46 && bytes.readUInt16LE(18) === 62
}
const files = folders.flatMap(folder =>
  readdirSync(folder)
    .sort()
    .filter(name => name.endsWith('.ko'))
    .map(name => join(folder, name))
    .filter(elfOf86),
)

/** The guest's memory holds all modules under short names; it keeps at most sixty. */
const BATCH = 40
/** What speaks of the module; not the taint that every foreign module leaves, the steps of every transition, nor dumps of registers. */
const isTelling = (line: string): boolean =>
  /^([a-z][\w.-]*|PKCS7): \S/.test(line) &&
  !/out-of-tree module|module verification failed|tainted|TAINT_LIVEPATCH|(initializing|starting|completing) patching transition/.test(line)

const guestWith = async (batch: readonly string[]): Promise<Guest> => {
  const root = mkdtempSync(join(tmpdir(), 'guest-'))
  cpSync(join(build, 'mod'), join(root, 'mod'), { recursive: true })
  cpSync(join(build, 'agent'), join(root, 'agent'))
  mkdirSync(join(root, 'extra'))
  for (const [index, file] of batch.entries()) cpSync(file, join(root, 'extra', `x${index}.ko`))
  const name = `initrd-${process.pid}.cpio`
  execFileSync('sh', [resolve(oracle, 'guest/mkinitrd.sh'), join(root, 'mod'), join(build, name)], {
    env: { ...process.env, EXTRA: join(root, 'extra') },
  })
  rmSync(root, { recursive: true })
  process.env['KLP_KERNEL'] = kernel
  process.env['KLP_INITRD'] = name
  const { Vm } = createRequire(import.meta.url)(resolve(oracle, 'oracle')) as { readonly Vm: new () => Guest }
  const guest = new Vm()
  await guest.start()
  return guest
}

const records: unknown[] = []
for (let first = 0; first < files.length; first += BATCH) {
  const batch = files.slice(first, first + BATCH)
  const guest = await guestWith(batch)
  for (const [index, file] of batch.entries()) {
    await guest.restore()
    await guest.cmd('B')
    const { rc, dmesg, sysfs } = await guest.cmd('I.3000', `x${index}`, `x${index}`)
    records.push({ file: basename(file), result: rc, log: dmesg.filter(isTelling), sysfs })
    console.error(basename(file), rc)
  }
  await guest.stop()
}
for (const name of readdirSync(build)) if (name.startsWith(`initrd-${process.pid}`)) rmSync(join(build, name))
const release = readFileSync(join(build, 'kernel'), 'utf8').trim()
writeFileSync(output, `${[{ release }, ...records].map(record => JSON.stringify(record)).join('\n')}\n`)
process.exit(0)
