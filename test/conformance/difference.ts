import type { Difference, Recording } from './recording.ts'

const linesOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : (JSON.stringify(value, null, 1) ?? 'nothing').split('\n')

/** Lines only in one of two lists, with what they share at the start and the end left out. */
const unshared = (recorded: readonly string[], simulated: readonly string[]): string[] => {
  let start = 0
  while (start < recorded.length && start < simulated.length && recorded[start] === simulated[start]) start += 1
  let end = 0
  const most = Math.min(recorded.length, simulated.length) - start
  while (end < most && recorded[recorded.length - 1 - end] === simulated[simulated.length - 1 - end]) end += 1
  return [
    ...recorded.slice(start, recorded.length - end).map(line => `    - ${line}`),
    ...simulated.slice(start, simulated.length - end).map(line => `    + ${line}`),
  ]
}

/** The first step in which a recording (-) and the core (+) differ, in a few lines. */
export const explainDifference = ({ scenario, kernel }: Recording, differences: readonly Difference[]): string => {
  const step = differences[0]?.step ?? 0
  const operation = JSON.stringify({ ...scenario.steps[step], probe: undefined })
  const fields = differences.filter(difference => difference.step === step)
  return [
    `${scenario.name} on ${kernel}: step ${step} ${operation}`,
    ...fields.flatMap(({ field, recorded, simulated }) => [`  ${field}`, ...unshared(linesOf(recorded), linesOf(simulated))]),
  ].join('\n')
}
