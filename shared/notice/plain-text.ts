/** What would move a cursor, hide text or turn its direction round: control and format characters, line and paragraph separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu

/** One line that says what it seems to say, of at most `max` code points. */
export const plainText = (text: string, max: number): string => {
  const line = text.replace(UNPRINTABLE, ' ').replace(/ {2,}/g, ' ').trim()
  const points = [...line]
  return points.length <= max ? line : `${points.slice(0, max - 1).join('')}…`
}
