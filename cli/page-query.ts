import { given, type Input, numberGiven } from './input.ts'

/** `--limit` and `--cursor` as the server's listings take them. */
export const pageQuery = (input: Input): { readonly limit: string | undefined; readonly cursor: string | undefined } => ({
  limit: numberGiven(input, 'limit', [1, 100])?.toString(),
  cursor: given(input, 'cursor'),
})
