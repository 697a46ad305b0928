import { firstArgument, type Run } from '../input.ts'
import { watchChange } from '../watch-change.ts'

export const run: Run = input => watchChange(input, firstArgument(input))
