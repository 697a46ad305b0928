import type { PolicyText } from './load-policies.ts'
import type { ReleaseContext } from './request.ts'

const PEOPLE = /approvals\.people\s*>=\s*(\d+)/g
const MEMBERS = /approvals\.getTag\("([^"]+)"\)\s*>=\s*(\d+)/g

/** Which groups a rule counts, and how many of each it wants. */
export const groupsIn = (text: string): readonly (readonly [group: string, needed: number])[] =>
  [...text.matchAll(MEMBERS)].map(([, group = '', needed = '1']) => [group, Number(needed)])

const countText = (count: number): string => (count === 1 ? 'one' : String(count))

/** What is left of a number, once some of it is there; until then the rule's own sentence says all. */
const left = (needed: number, have: number, of: string): readonly string[] =>
  have > 0 && have < needed ? [`${countText(needed - have)} more${of}`] : []

/** ": one more", ": one more of security": how many people a rule still wants where it has some of them; else nothing. */
export const countDown = ({ text }: Pick<PolicyText, 'text'>, { people, members }: ReleaseContext['approvals']): string => {
  const needed = Math.max(0, ...[...text.matchAll(PEOPLE)].map(([, wanted]) => Number(wanted)))
  const groups = groupsIn(text).flatMap(([group, wanted]) => left(wanted, members[group] ?? 0, ` of ${group}`))
  const missing = [...left(needed, people, ''), ...groups]
  return missing.length === 0 ? '' : `: ${missing.join(' and ')}`
}
