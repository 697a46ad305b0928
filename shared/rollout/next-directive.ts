import type { Directive } from './directive.ts'

/** What a directive shall say; version and times follow from the previous one and the clock. */
export type Instruction = {
  readonly fleet: string
  readonly ask: Directive['ask']
  readonly stopped: boolean
  readonly pollSeconds: number
}

/** One day: long enough for a control plane that is away, short enough that a withheld directive is noticed. */
export const DIRECTIVE_SECONDS_MAX = 86_400

/**
 * The next unsigned directive of a fleet. Its version is one above the previous one's, also where both say the same, and it is
 * never issued before it, so that a clock which jumps back orders nothing anew. `now` in epoch milliseconds.
 */
export const nextDirective = (
  previous: Directive | null,
  instruction: Instruction,
  now: number,
  lifetimeSeconds = DIRECTIVE_SECONDS_MAX,
): Directive => {
  const issuedAt = Math.max(now, previous?.issuedAt ?? 0)
  return {
    schema: 'supersede.directive/1',
    fleet: instruction.fleet,
    version: (previous?.version ?? 0) + 1,
    issuedAt,
    expiresAt: issuedAt + lifetimeSeconds * 1000,
    ask: instruction.ask,
    stopped: instruction.stopped,
    pollSeconds: instruction.pollSeconds,
  }
}
