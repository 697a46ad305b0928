import { decideOn } from '../decide-on.ts'
import { allGiven, firstArgument, given, type Run } from '../input.ts'

export const run: Run = input => {
  const comment = given(input, 'comment')
  const signOff = allGiven(input, 'signOff')
  return decideOn(input, firstArgument(input), {
    decision: 'approve',
    ...(comment === undefined ? {} : { comment }),
    ...(signOff.length === 0 ? {} : { signOff }),
  })
}
