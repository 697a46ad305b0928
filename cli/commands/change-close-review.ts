import { firstArgument, needed, type Run } from '../input.ts'
import { sayOn } from '../say-on.ts'

export const run: Run = input => sayOn(input, firstArgument(input), { decision: 'close-review', text: needed(input, 'comment') })
