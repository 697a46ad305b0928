/** The thread in which every JSONata expression runs, one request at a time; whoever waits too long for it terminates it. */
import { createHash, randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createContext, runInContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { type SandboxHost, sandbox } from './sandbox.ts'

type Request = { kind: 'evaluate' | 'check'; text: string }

const context = createContext(Object.create(null), { codeGeneration: { strings: false, wasm: false } })
runInContext(readFileSync(createRequire(import.meta.url).resolve('jsonata'), 'utf8'), context, { filename: 'jsonata.js' })

const host: SandboxHost = Object.freeze({
  hash: (text: string, algorithm: string) => createHash(algorithm).update(text, 'utf8').digest('hex'),
  uuid: () => randomUUID(),
  cpuMs: () => {
    const { user, system } = process.threadCpuUsage()
    return (user + system) / 1000
  },
  cpuMsMax: workerData.cpuMsMax,
  depthMax: workerData.depthMax,
  sequenceMax: workerData.sequenceMax,
})
const build: (host: SandboxHost) => ReturnType<typeof sandbox> = runInContext(`host => (${sandbox.toString()})(jsonata, host)`, context)
const inside = build(host)

parentPort?.on('message', async ({ kind, text }: Request) => {
  const answer = kind === 'evaluate' ? await inside.evaluateAll(text) : inside.complaints(text)
  parentPort?.postMessage({ answer })
})

parentPort?.postMessage({ answer: undefined })
