// Jest with the flags that ES modules need. Arguments are Jest's own: `npm run jest -- test/kernel`.
import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    resolve(root, 'node_modules/jest/bin/jest.js'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit', cwd: root },
)
process.exit(run.status ?? 1)
