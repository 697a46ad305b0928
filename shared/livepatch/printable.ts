/**
 * A string from a file, safe to print: control characters, bidirectional and other invisible format characters, and lone surrogates
 * become `\u{…}`. What is left cannot move the cursor, reorder a line or hide.
 */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
