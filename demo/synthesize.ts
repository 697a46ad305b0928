import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning } from '../local/index.ts'

/** Everything that the cloud assembly is made of. */
const SOURCES = ['infra', 'functions', 'shared', 'console', 'docs/findings', 'cdk.json', 'package-lock.json']

const filesBelow = (path: string): readonly string[] => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isDirectory()) return found ? [path] : []
  return readdirSync(path)
    .sort()
    .flatMap(name => filesBelow(join(path, name)))
}

const fingerprint = (root: string): string => {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap(source => filesBelow(join(root, source))))
    hash.update(`${file.slice(root.length)}\0`).update(readFileSync(file))
  return hash.digest('hex')
}

const run = (root: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(root, 'infra/app.ts')], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CDK_OUTDIR: join(root, 'cdk.out') },
    })
    const said: Buffer[] = []
    child.stdout.on('data', chunk => said.push(chunk))
    child.stderr.on('data', chunk => said.push(chunk))
    child.on('error', reject)
    child.on('exit', code => (code === 0 ? resolve() : reject(new Error(`synthesizing failed:\n${Buffer.concat(said).toString('utf8')}`))))
  })

/** One synthesis at a time in a checkout; the lock of a process that is gone counts for nothing. */
const lock = async (file: string): Promise<() => void> => {
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch {
      const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
      if (holder > 0 && !isRunning(holder)) rmSync(file, { force: true })
      await sleep(100)
    }
  }
}

/**
 * Synthesizes the CDK app into `cdk.out`, unless what lies there was made of just these sources.
 * Returns the assembly's directory and whether it had to be made.
 */
export const synthesize = async (root: string): Promise<{ readonly assembly: string; readonly made: boolean }> => {
  const assembly = join(root, 'cdk.out')
  const marker = join(assembly, '.fingerprint')
  const wanted = fingerprint(root)
  const isCurrent = () => existsSync(marker) && readFileSync(marker, 'utf8') === wanted
  if (isCurrent()) return { assembly, made: false }
  const release = await lock(join(root, '.cdk.out.lock'))
  try {
    if (isCurrent()) return { assembly, made: false }
    await run(root)
    writeFileSync(marker, wanted)
    return { assembly, made: true }
  } finally {
    release()
  }
}
