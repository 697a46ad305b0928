import { decideOn } from '../decide-on.ts'
import { firstArgument, needed, type Run } from '../input.ts'

export const run: Run = input => decideOn(input, firstArgument(input), { decision: 'request-changes', reason: needed(input, 'reason') })
