import type { Refusal } from '../shared/livepatch/index.ts'

/** Section and byte, as far as they are known. */
export const placeText = ({ section, offset }: Pick<Refusal, 'section' | 'offset'>): string =>
  [section ?? '', offset === null ? '' : `byte ${offset}`].filter(text => text !== '').join(', ')

/** `code: reason (section, byte)` of a refused file, and of a warning, which has the same form. */
export const refusalText = (refusal: Readonly<Record<'code' | 'reason', string>> & Pick<Refusal, 'section' | 'offset'>): string => {
  const place = placeText(refusal)
  return `${refusal.code}: ${refusal.reason}${place === '' ? '' : ` (${place})`}`
}
