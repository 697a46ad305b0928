/*
 * The engine's parser recurses over what it reads, on a stack of its own that it does not watch: a text that is nested too deep does not fail
 * there, it breaks the engine for every decision after it. So texts are bounded before it sees them.
 */

/** Brackets of any kind inside each other. */
const DEPTH_MAX = 32
/** What one policy is put together from: operators, accesses, calls, conditions. The deployed ones have below 50. */
const PARTS_MAX = 400
/** Levels of the policy as JSON, which the engine reads to 128 and puts into a request. */
const LEVELS_MAX = 120

/** Strings and comments first, so that nothing inside them is taken for anything else. A quotation mark that is left over ends in `broken`. */
const TOKEN =
  /(?<comment>\/\/[^\n]*)|(?<text>"(?:\\[\s\S]|[^"\\])*")|(?<broken>")|(?<opens>[([{])|(?<closes>[)\]}])|(?<ends>;)|&&|\|\||[.+*!<>=-]|\b(?:if|has|like|in|is|when|unless)\b/g

/** What is wrong with the shape of a file of policies, before anything is parsed; null where nothing is. One pass, whatever the text. */
export const shapeFaultOf = (file: string): string | null => {
  let [depth, parts] = [0, 0]
  for (const { groups = {} } of file.matchAll(TOKEN)) {
    const { comment, text, broken, opens, closes, ends } = groups
    if (broken !== undefined) return 'a text in quotation marks does not end'
    if (comment !== undefined || text !== undefined) continue
    if (opens !== undefined) depth += 1
    if (closes !== undefined) depth -= 1
    parts = ends === undefined ? parts + 1 : 0
    if (depth > DEPTH_MAX) return `brackets stand at most ${DEPTH_MAX} deep in each other`
    if (parts > PARTS_MAX) return `one policy has at most ${PARTS_MAX} operators, brackets and conditions; make two of it`
  }
  return null
}

/** Whether a parsed policy is nested deeper than the engine takes in. */
export const isTooDeep = (json: unknown, level = 0): boolean => {
  if (typeof json !== 'object' || json === null) return false
  return level >= LEVELS_MAX || Object.values(json).some(member => isTooDeep(member, level + 1))
}
