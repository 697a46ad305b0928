// node bootstrap.cjs bench/read-once.ts FILE: how many MB the process grows, at its largest, by reading FILE. Only a fresh process can tell.
import { readFileSync } from 'node:fs'
import { readModule } from '../shared/livepatch/index.ts'
import { generatedModule } from '../test/livepatch/generated-module.ts'

const [path = ''] = process.argv.slice(2)
readModule(generatedModule({ functions: 1, codeBytes: 96 }))
const file = readFileSync(path)
const before = process.memoryUsage.rss()
readModule(file)
process.stdout.write(String(Math.max(0, process.resourceUsage().maxRSS * 1024 - before) / (1024 * 1024)))
