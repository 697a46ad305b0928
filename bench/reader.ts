import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readModule } from '../shared/livepatch/index.ts'
import { generatedModule, type Shape } from '../test/livepatch/generated-module.ts'
import { type Figure, medianCpu } from './figure.ts'

const MEBIBYTE = 1024 * 1024
/** A megabyte, and twenty, of ordinary functions; and a module that is nothing but small patched functions, 24,000 of them. */
const ONE: Shape = { functions: 124, codeBytes: 4096 }
const TWENTY: Shape = { functions: 2480, codeBytes: 4096 }
const DENSE: Shape = { functions: 24_000, codeBytes: 96 }

/** Median milliseconds of a reading in a process that reads modules all day, and the file's megabytes. */
const warm = async (shape: Shape, times: number): Promise<{ milliseconds: number; megabytes: number }> => {
  const file = generatedModule(shape)
  return { milliseconds: 1000 * (await medianCpu(times, () => readModule(file))), megabytes: file.length / MEBIBYTE }
}

/** How far a fresh process grows beyond what it was with the file in memory. */
const memoryAbove = (root: string, shape: Shape): number => {
  const folder = mkdtempSync(join(tmpdir(), 'supersede-bench-'))
  try {
    const file = join(folder, 'module.ko')
    writeFileSync(file, generatedModule(shape))
    return Number(execFileSync(process.execPath, [join(root, 'bench/read-once.ts'), file], { encoding: 'utf8' }))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const readerFigures = async (root: string): Promise<readonly Figure[]> => {
  const one = await warm(ONE, 40)
  const twenty = await warm(TWENTY, 6)
  const dense = await warm(DENSE, 8)
  return [
    { name: 'reading a module of 1 MB, warm', value: one.milliseconds / one.megabytes, unit: 'CPU ms', target: 15, wanted: 'at most' },
    {
      name: 'reading a module of 20 MB, warm',
      value: (20 * twenty.milliseconds) / twenty.megabytes,
      unit: 'CPU ms',
      target: 300,
      wanted: 'at most',
    },
    {
      name: 'reading 24,000 patched functions, for each MB, warm',
      value: dense.milliseconds / dense.megabytes,
      unit: 'CPU ms',
      target: 15,
      wanted: 'at most',
    },
    { name: 'memory above a file of 20 MB', value: memoryAbove(root, TWENTY), unit: 'MB', target: 40, wanted: 'at most' },
    { name: 'memory above a file of 24,000 patched functions', value: memoryAbove(root, DENSE), unit: 'MB', target: 64, wanted: 'at most' },
  ]
}
