import { decideOn } from '../decide-on.ts'
import { firstArgument, type Run } from '../input.ts'

export const run: Run = input => decideOn(input, firstArgument(input), { decision: 'confirm' })
