/** A parser that remembers what it parsed last: programs send the same few expressions over and over. */
export const remembering = <Parsed>(parse: (text: string) => Parsed, entriesMax = 512): ((text: string) => Parsed) => {
  const parsed = new Map<string, Parsed>()
  return text => {
    const known = parsed.get(text)
    if (known !== undefined) return known
    const fresh = parse(text)
    if (parsed.size >= entriesMax) parsed.clear()
    parsed.set(text, fresh)
    return fresh
  }
}
