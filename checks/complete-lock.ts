// `node bootstrap.cjs checks/complete-lock.ts`, after every change of dependencies.
//
// A registry that does not carry other platforms' builds makes npm leave them out of the lock file, and `npm ci` then refuses that lock
// everywhere. Their versions, platforms and places follow from the packages that name them as optional, so they are put back here.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

type Package = {
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

const file = join(dirname(dirname(fileURLToPath(import.meta.url))), 'package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Package> }

const SYSTEMS = ['android', 'darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'sunos', 'aix', 'openharmony']
const PROCESSORS = ['arm64', 'x64', 'ia32', 'ppc64', 's390x', 'riscv64', 'mips64el', 'loong64', 'wasm32', 'arm']

/** Whether a package that stands at `from` finds `name`, as Node looks for it. */
const finds = (from: string, name: string): boolean => {
  if (lock.packages[`${from ? `${from}/` : ''}node_modules/${name}`]) return true
  if (!from) return false
  const parent = from.lastIndexOf('/node_modules/')
  return finds(parent < 0 ? '' : from.slice(0, parent), name)
}

const libcOf = (name: string): readonly string[] | undefined =>
  name.includes('musl') ? ['musl'] : name.includes('gnu') ? ['glibc'] : undefined

const entryOf = (name: string, range: string, { dev }: Package): Package => {
  const part = name.split('/').at(-1) ?? name
  const [os, cpu, libc] = [
    SYSTEMS.find(system => part.includes(system)),
    PROCESSORS.find(processor => part.includes(processor)),
    libcOf(part),
  ]
  return {
    version: range.replace(/^[~^]/, ''),
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(dev ? { dev } : {}),
    ...(libc ? { libc } : {}),
    optional: true,
    ...(os ? { os: [os] } : {}),
  }
}

let added = 0
for (const [path, each] of Object.entries(lock.packages))
  for (const [name, range] of Object.entries(each.optionalDependencies ?? {})) {
    if (finds(path, name)) continue
    lock.packages[`node_modules/${name}`] = entryOf(name, range, each)
    added += 1
  }
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added} packages of other platforms put back; check with: npm ci --dry-run\n`)
