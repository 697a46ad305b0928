import { firstArgument, needed, type Run } from '../input.ts'
import { sayOn } from '../say-on.ts'
import { timeOf } from '../time-of.ts'

export const run: Run = input =>
  sayOn(input, firstArgument(input), { decision: 'delegate', to: needed(input, 'to'), until: timeOf(needed(input, 'until')) })
