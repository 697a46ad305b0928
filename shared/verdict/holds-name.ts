import type { CohortCase } from './cohort-case.ts'

/** Whether some module of the livepatch's name stays in memory at the load: enabled and not disabled first, still referenced, or no livepatch at all. */
export const holdsName = ({ livepatch: { name }, stack, route }: Pick<CohortCase, 'livepatch' | 'stack' | 'route'>): boolean =>
  (route === 'replace' && stack.livepatches.some(entry => entry.name === name)) ||
  stack.resident.some(entry => entry.name === name && entry.refcnt > 0) ||
  stack.targets.includes(name)
