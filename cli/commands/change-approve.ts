import { decideOn } from '../decide-on.ts'
import { firstArgument, given, type Run } from '../input.ts'

export const run: Run = input => {
  const comment = given(input, 'comment')
  return decideOn(input, firstArgument(input), { decision: 'approve', ...(comment === undefined ? {} : { comment }) })
}
