/** Something odd that does not keep the file from being read; `section` and `offset` say where. */
export type Warning = { code: string; section: string | null; offset: number | null; reason: string }

/** Where the layers write down what is odd. Bounded: a hostile file must not turn into a million warnings. */
export type Warnings = {
  readonly list: Warning[]
  add: (code: string, section: string | null, offset: number | null, reason: string) => void
}

export const collectWarnings = (warningsMax: number): Warnings => {
  const list: Warning[] = []
  const seen = new Set<string>()
  const add: Warnings['add'] = (code, section, offset, reason) => {
    const key = `${code} ${section} ${offset} ${reason}`
    if (seen.has(key) || list.length > warningsMax) return
    seen.add(key)
    list.push(
      list.length === warningsMax
        ? { code: 'more-warnings', section: null, offset: null, reason: `more than ${warningsMax} warnings; the rest is left out` }
        : { code, section, offset, reason },
    )
  }
  return { list, add }
}
