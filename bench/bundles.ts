import { execFileSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Figure } from './figure.ts'

const KILOBYTE = 1024
const TIMES = 3

/** Prints the CPU milliseconds that the evaluation of a module takes in a fresh process. */
const EVALUATE = `const before = process.cpuUsage(); await import(process.argv[1]); const { user, system } = process.cpuUsage(before); console.log((user + system) / 1000)`

const evaluationMs = (file: string): number => {
  const env = { PATH: process.env['PATH'] ?? '', AWS_REGION: 'us-east-1', LAMBDA_TASK_ROOT: join(file, '..') }
  const times = Array.from({ length: TIMES }, () =>
    Number(execFileSync(process.execPath, ['--input-type=module', '-e', EVALUATE, file], { env })),
  )
  return times.sort((a, b) => a - b)[Math.floor(TIMES / 2)] ?? Number.NaN
}

/** Size and module evaluation of every function's bundle; the policy engine's WebAssembly lies beside it and is not counted. */
export const bundleFigures = (assembly: string): readonly Figure[] => {
  const folder = join(assembly, '.bundles')
  return readdirSync(folder).flatMap((name): readonly Figure[] => {
    const file = join(folder, name, 'index.mjs')
    return [
      { name: `bundle of ${name}`, value: statSync(file).size / KILOBYTE, unit: 'KB', target: 300, wanted: 'at most' },
      { name: `evaluation of ${name}`, value: evaluationMs(file), unit: 'ms CPU', target: 60, wanted: 'at most' },
    ]
  })
}
