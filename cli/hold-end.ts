import { Failure } from './failure.ts'
import { given, type Input } from './input.ts'
import { timeOf } from './time-of.ts'

/** `--hours` or `--until`, as the server takes them; nothing where neither was given. */
export const holdEnd = (input: Input): { readonly hours?: number; readonly expiresAt?: string } => {
  const [hours, until] = [given(input, 'hours'), given(input, 'until')]
  if (hours !== undefined && until !== undefined) throw new Failure('usage', 'give --hours or --until, not both')
  if (hours !== undefined) {
    if (!/^\d+(\.\d+)?$/.test(hours) || Number(hours) <= 0)
      throw new Failure('usage', '--hours takes a number above 0, for example 4 or 0.5')
    return { hours: Number(hours) }
  }
  if (until === undefined) return {}
  return { expiresAt: timeOf(until) }
}
