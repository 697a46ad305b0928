import type { Manifest } from '../livepatch/index.ts'
import type { CohortCase, Known } from './cohort-case.ts'
import type { Finding } from './verdict.ts'

/** What a rule found; the code and the cohort are added by judgeChange. */
export type Judgement = Pick<Finding, 'severity' | 'message' | 'evidence' | 'remedy'>

type Described<Id extends string> = {
  /** The finding's code, and the file's name. */
  readonly id: Id
  /** The sentence that the rule enforces. */
  readonly law: string
  /** Where the rule comes from: kernel file and function, or a document. */
  readonly source: string
}

/** A hazard of a load on one stack. */
export type CohortRule<Id extends string = string> = Described<Id> & {
  readonly about: 'cohort'
  readonly judge: (cohort: CohortCase) => readonly Judgement[]
}

/** A hazard of the livepatch itself, the same on every stack. */
export type LivepatchRule<Id extends string = string> = Described<Id> & {
  readonly about: 'livepatch'
  readonly judge: (livepatch: Manifest, known: Known) => readonly Judgement[]
}

export type Rule = CohortRule | LivepatchRule

export const cohortRule = <const Id extends string>(definition: Omit<CohortRule<Id>, 'about'>): CohortRule<Id> => ({
  about: 'cohort',
  ...definition,
})

export const livepatchRule = <const Id extends string>(definition: Omit<LivepatchRule<Id>, 'about'>): LivepatchRule<Id> => ({
  about: 'livepatch',
  ...definition,
})

type Found = Omit<Judgement, 'severity'>

export const nothing: readonly Judgement[] = []
export const block = (found: Found): readonly Judgement[] => [{ severity: 'block', ...found }]
export const review = (found: Found): readonly Judgement[] => [{ severity: 'review', ...found }]
export const note = (found: Found): readonly Judgement[] => [{ severity: 'note', ...found }]
