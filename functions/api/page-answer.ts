import type { Page } from '../../shared/store/index.ts'
import { type Answer, ok } from '../http/answer.ts'

/** `{items, next?}`, each item as people are shown it: members are named, so that nothing new leaks by itself. */
export const pageAnswer = <T>({ items, next }: Page<T>, show: (item: T) => unknown = item => item): Answer =>
  ok({ items: items.map(show), ...(next === undefined ? {} : { next }) })
