import type { Log } from '../log.ts'
import type { PolicyPort } from '../ports.ts'

/**
 * Runs a task under the policies that are in force when it begins; without `policy` it asks none. One line about it, however it ends. What it
 * throws goes on to the state machine, which retries and then halts the change closed.
 */
export const runTask =
  <I, O>(name: string, log: Log, run: (input: I) => Promise<O>, policy?: Pick<PolicyPort, 'refresh'>) =>
  async (input: I): Promise<O> => {
    try {
      await policy?.refresh()
      const output = await run(input)
      log('info', 'task', { task: name, input: withoutToken(input), output })
      return output
    } catch (error) {
      log('error', 'task failed', { task: name, input: withoutToken(input), error })
      throw error
    }
  }

/** A task token is leave to resume an execution; it has no place in a log. */
const withoutToken = (input: unknown): unknown => {
  if (typeof input !== 'object' || input === null) return {}
  const { token: _, ...rest } = Object.fromEntries(Object.entries(input))
  return rest
}
