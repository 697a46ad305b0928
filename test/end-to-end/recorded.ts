import type { Commit } from '../../shared/history/index.ts'
import { type OperationId, pathOf } from '../../shared/operations/index.ts'

export type Api = {
  readonly url: string
  readonly ask: (
    id: OperationId,
    parameters?: Readonly<Record<string, string>>,
    query?: Readonly<Record<string, string>>,
  ) => Promise<Record<string, unknown>>
}

/** Logs in at a running demonstration, by the code in the URL that it printed. */
export const openApi = async (output: string, person: string): Promise<Api> => {
  const [, url = '', code = ''] = /Open {2}(http:\/\/[\d.:]+)\/#code=([\w-]+)/.exec(output) ?? []
  const login = await fetch(`${url}/issuer/token`, { method: 'POST', body: JSON.stringify({ person, code }) })
  const { access_token: token } = (await login.json()) as { readonly access_token: string }
  return {
    url,
    ask: async (id, parameters = {}, query = {}) => {
      const response = await fetch(`${url}${pathOf(id, parameters)}?${new URLSearchParams(query)}`, {
        headers: { authorization: `Bearer ${token}` },
      })
      if (!response.ok) throw new Error(`${id}: ${response.status} ${await response.text()}`)
      return (await response.json()) as Record<string, unknown>
    },
  }
}

type Items<T> = { readonly items: readonly T[]; readonly next?: string }

const all = async <T>(
  { ask }: Api,
  id: OperationId,
  parameters: Readonly<Record<string, string>>,
  query: Readonly<Record<string, string>> = {},
): Promise<readonly T[]> => {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = (await ask(id, parameters, { ...query, limit: '100', ...(cursor === undefined ? {} : { cursor }) })) as unknown as Items<T>
    items.push(...page.items)
    cursor = page.next
  } while (cursor !== undefined)
  return items
}

/** Every recorded commit, in the order of its stream. */
export const commitsOf = async (api: Api): Promise<readonly Commit[]> => {
  const commits = await all<Commit>(api, 'list-history', {}, { fleet: 'demo' })
  return commits.toSorted((a, b) => (a.stream === b.stream ? a.sequence - b.sequence : a.stream < b.stream ? -1 : 1))
}

/** What must come out the same in every run: the events of both changes without ids and times, and what each host ran. */
export const storyOf = async (api: Api) => {
  const heads = (await all<{ readonly id: string; readonly status: string }>(api, 'list-changes', {}, { fleet: 'demo' })).toSorted(
    (a, b) => (a.id < b.id ? -1 : 1),
  )
  const changes = await Promise.all(
    heads.map(async ({ id, status }) => {
      const { timeline } = (await api.ask('show-change', { change: id })) as unknown as {
        readonly timeline: readonly { readonly actor: string; readonly type: string; readonly text: string }[]
      }
      return { status, events: timeline.map(({ actor, type, text }) => `${actor}: ${type}: ${text}`) }
    }),
  )
  const hosts = await all<{ readonly id: string; readonly state: string; readonly livepatches: readonly { readonly name: string }[] }>(
    api,
    'list-hosts',
    { fleet: 'demo' },
  )
  return {
    changes,
    hosts: hosts.map(({ id, state, livepatches }) => `${id} ${state} ${livepatches.map(({ name }) => name).join('+')}`).toSorted(),
  }
}
