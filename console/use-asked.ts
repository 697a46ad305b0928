import { useEffect, useState } from 'preact/hooks'
import type { OperationId } from '../shared/operations/index.ts'
import { type Answered, ask, Problem } from './api.ts'
import { session } from './session.ts'

export type Asked<T> =
  | { readonly state: 'waiting' }
  | { readonly state: 'failed'; readonly problem: Problem }
  | ({ readonly state: 'there' } & Answered<T>)

export type UseAskedOptions = {
  readonly parameters?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly everySeconds?: number
  readonly version?: number
}

/**
 * Asks an operation now and then every `everySeconds` (0: once), until the component goes. What is there stays there while the service cannot be reached.
 * `version` asks at once again when it changes.
 */
export const useAsked = <T>(
  id: OperationId,
  { parameters = {}, query = {}, everySeconds = 0, version = 0 }: UseAskedOptions = {},
): Asked<T> => {
  const [asked, setAsked] = useState<Asked<T>>({ state: 'waiting' })
  const key = JSON.stringify([id, parameters, query, version])
  useEffect(() => {
    const controller = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const once = async () => {
      try {
        const answered = await ask<T>(id, { parameters, query, signal: controller.signal })
        setAsked({ state: 'there', ...answered })
      } catch (error) {
        if (!(error instanceof Problem)) return
        if (error.status === 401) session.set(null)
        setAsked(before => (before.state === 'there' && error.status === 0 ? before : { state: 'failed', problem: error }))
      }
      if (everySeconds > 0 && !controller.signal.aborted) timer = setTimeout(once, everySeconds * 1000)
    }
    void once()
    return () => {
      controller.abort()
      clearTimeout(timer)
    }
  }, [key])
  return asked
}
