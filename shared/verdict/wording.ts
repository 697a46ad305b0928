/** Names that a sentence for a person spells out; a longer list is counted. */
const NAMES_MAX = 6

/** "a, b and c", or the first six "and 494 more". */
export const listed = (names: readonly string[]): string => {
  if (names.length > NAMES_MAX) return `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** "1 function", "2 functions". */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Evidence keeps this many names of a list, since a finding is stored once per cohort and the cohort holds the whole list. */
const EVIDENCE_NAMES_MAX = 50

export const sample = (names: readonly string[]): { readonly count: number; readonly names: readonly string[] } => ({
  count: names.length,
  names: names.slice(0, EVIDENCE_NAMES_MAX),
})
