/** One measured figure beside what it should be. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly target: number
  /** Which side of the target is good. */
  readonly wanted: 'at most' | 'at least'
}

export const isMet = ({ value, target, wanted }: Figure): boolean => (wanted === 'at most' ? value <= target : value >= target)

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** CPU seconds of a run: what the process used, whoever else was on the machine. */
export const cpuOf = async (run: () => unknown): Promise<number> => {
  const before = cpuSeconds()
  await run()
  return cpuSeconds() - before
}

/** The median CPU seconds of several runs after one that does not count. */
export const medianCpu = async (times: number, run: () => unknown): Promise<number> => {
  await run()
  const seconds: number[] = []
  for (let index = 0; index < times; index += 1) seconds.push(await cpuOf(run))
  return seconds.sort((a, b) => a - b)[Math.floor(times / 2)] ?? Number.NaN
}
