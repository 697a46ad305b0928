// Runs a tool of node_modules/.bin with the pinned Node: `node bootstrap.cjs checks/tool.ts tsc --noEmit`.
import { spawnSync } from 'node:child_process'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const [tool, ...args] = process.argv.slice(2)
if (!tool) {
  process.stderr.write('usage: checks/tool.ts TOOL [ARGUMENT ...]\n')
  process.exit(2)
}
const run = spawnSync(resolve(root, 'node_modules/.bin', tool), args, { stdio: 'inherit', cwd: root })
process.exit(run.status ?? 1)
