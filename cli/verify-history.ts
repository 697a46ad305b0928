import { type Commit, commitHash, verifyChain } from '../shared/history/index.ts'
import type { Input } from './input.ts'
import type { Ended } from './shell.ts'
import { plural } from './terminal/format.ts'
import { printJson } from './terminal/print.ts'
import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from './terminal/read-json.ts'
import { terminalText } from './terminal/terminal-text.ts'

const PAGES_MAX = 1_000

/** A commit as the server told it, with whatever else it told: a field too many changes the hash, and that must show. */
const commitOf = (item: JsonObject): Commit => ({
  ...item,
  stream: textOf(item['stream']),
  sequence: numberOf(item['sequence']),
  id: textOf(item['id']),
  at: textOf(item['at']),
  actor: textOf(item['actor']),
  events: objectsOf(item['events']).map(event => ({ ...event, type: textOf(event['type']) })),
  policies: textsOf(item['policies']),
  previousHash: item['previousHash'] === null ? null : textOf(item['previousHash']),
  hash: textOf(item['hash']),
})

const allCommits = async (input: Input, query: Readonly<Record<string, string | undefined>>): Promise<readonly Commit[]> => {
  const api = input.api()
  const commits: Commit[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const body = objectOf((await api.call('list-history', { query: { ...query, limit: '100', cursor } })).body)
    commits.push(...objectsOf(body['items']).map(commitOf))
    cursor = textOf(body['next']) || undefined
    if (cursor === undefined) break
  }
  return commits
}

type Fault = { readonly stream: string; readonly sequence: number; readonly why: string }

/** Commits that follow each other are checked as a chain; a filter leaves gaps, and behind a gap a link cannot be checked. */
const faultsOf = (stream: string, commits: readonly Commit[]): readonly Fault[] => {
  const sorted = commits.toSorted((a, b) => a.sequence - b.sequence)
  return sorted.flatMap((commit, index): readonly Fault[] => {
    if (commitHash(commit) !== commit.hash) return [{ stream, sequence: commit.sequence, why: 'hash-differs' }]
    const before = sorted[index - 1]
    if (before === undefined ? commit.sequence !== 1 : before.sequence + 1 < commit.sequence) return []
    const verdict = verifyChain(before === undefined ? [commit] : [before, commit], before === undefined ? null : endBefore(before))
    return verdict.ok || verdict.sequence !== commit.sequence ? [] : [{ stream, sequence: commit.sequence, why: verdict.why }]
  })
}
const endBefore = ({ sequence, previousHash }: Commit) => (previousHash === null ? null : { sequence: sequence - 1, hash: previousHash })

/** Works the hashes out again, here, from what the server tells. It finds what was edited; not what was never told. */
export const verifyHistory = async (input: Input, query: Readonly<Record<string, string | undefined>>): Promise<Ended> => {
  const { shell } = input
  const commits = await allCommits(input, query)
  const streams = Map.groupBy(commits, ({ stream }) => stream)
  const faults = [...streams].flatMap(([stream, found]) => faultsOf(stream, found))
  if (input.json) printJson(shell, { commits: commits.length, streams: streams.size, faults })
  else {
    for (const { stream, sequence, why } of faults) shell.out(`${terminalText(stream)} ${sequence}: ${why}\n`)
    const result = faults.length === 0 ? 'all as they were hashed' : plural(faults.length, 'fault')
    shell.out(`${plural(commits.length, 'commit')} in ${plural(streams.size, 'stream')}: ${result}\n`)
  }
  return faults.length === 0 ? undefined : 'failure'
}
