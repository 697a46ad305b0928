/** Who may log in to the demonstration. */
export const PEOPLE = [
  { id: 'alice', name: 'Alice Arnaud', groups: ['kernel-maintainers', 'operators'] },
  { id: 'bob', name: 'Bob Brandt', groups: ['kernel-maintainers'] },
  { id: 'carol', name: 'Carol Conti', groups: ['security'] },
  { id: 'dave', name: 'Dave Dahl', groups: ['auditors'] },
] as const
export type PersonName = (typeof PEOPLE)[number]['id']
