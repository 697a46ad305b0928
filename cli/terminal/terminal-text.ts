/**
 * Text from elsewhere, safe to print: control characters, invisible and direction-changing characters and lone surrogates
 * are written as `\u{…}`, so that no name or comment can move the cursor, recolour or reorder a line.
 * shared/livepatch has the same rule for strings of files; it is not used here because its door loads the whole reader,
 * which costs every command 100 ms.
 */
export const terminalText = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)

/** JSON stays JSON: what JSON.stringify leaves unescaped and a terminal might act on becomes `\uXXXX`. */
export const terminalJson = (value: unknown): string =>
  (JSON.stringify(value, null, 2) ?? 'null').replaceAll(/[\u007f-\u009f\p{Cf}\p{Co}\u2028\u2029]/gu, character =>
    Array.from({ length: character.length }, (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`).join(''),
  )
