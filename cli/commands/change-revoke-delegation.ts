import { firstArgument, type Run } from '../input.ts'
import { sayOn } from '../say-on.ts'

export const run: Run = input => sayOn(input, firstArgument(input), { decision: 'revoke-delegation' })
