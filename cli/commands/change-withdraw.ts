import { firstArgument, given, type Run } from '../input.ts'
import { sayOn } from '../say-on.ts'

export const run: Run = input => {
  const reason = given(input, 'reason')
  return sayOn(input, firstArgument(input), { decision: 'withdraw', ...(reason === undefined ? {} : { reason }) })
}
