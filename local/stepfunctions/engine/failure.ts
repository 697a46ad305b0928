/** Errors of a state machine, and which names of `ErrorEquals` mean them. */

export type Failure = {
  readonly error: string | undefined
  readonly cause: string | undefined
  /** Other names by which it can be caught. */
  readonly alias?: string
  /** Terminal errors end the execution, unless a catcher names them. States.Runtime cannot be caught at all. */
  readonly terminal?: 'unless-named' | 'always'
}

/** A result of a task over the quota is an ordinary failure of that task; a state's own output over it is terminal. */
export const resultTooLarge = (name: string): Failure => ({
  error: 'States.DataLimitExceeded',
  cause: `The state/task '${name}' returned a result with a size exceeding the maximum number of bytes service limit.`,
})

export const outputTooLarge = (name: string): Failure => ({ ...resultTooLarge(name), terminal: 'unless-named' })

/** The service reports a missed heartbeat as States.Timeout; both names catch it. */
export const heartbeatMissed: Failure = { error: 'States.Timeout', cause: undefined, alias: 'States.HeartbeatTimeout' }
export const timedOut: Failure = { error: 'States.Timeout', cause: undefined }

/** Largest input, output, result or variable in UTF-8 bytes. */
export const payloadBytesMax = 262_144

export const matches = (errorEquals: readonly string[], { error, alias, terminal }: Failure): boolean => {
  if (terminal === 'always') return false
  return errorEquals.some(name => {
    if (name === error || (alias !== undefined && name === alias)) return true
    if (terminal !== undefined) return false
    return name === 'States.ALL' || (name === 'States.TaskFailed' && error !== 'States.Timeout')
  })
}
