import type { ComponentChildren } from 'preact'
import type { Stack } from './shapes.ts'
import type { Asked } from './use-asked.ts'

export const shortDigest = (digest: string): string => digest.slice(0, 12)

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

export const namesOf = ({ livepatches }: { readonly livepatches: readonly { readonly name: string }[] }): string =>
  livepatches.map(({ name }) => name).join(' + ') || 'no livepatch'
/** What a host runs, and what lies about on it. */
export const stackText = (stack: Pick<Stack, 'livepatches' | 'resident'>): string =>
  stack.resident.length > 0 ? `${namesOf(stack)} (still resident: ${stack.resident.map(({ name }) => name).join(', ')})` : namesOf(stack)

/** In the reader's words and time zone; the instant itself is its title. */
export const Time = ({ at }: { readonly at: string }) => (
  <time dateTime={at} title={at}>
    {new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })}
  </time>
)

export const Status = ({ of }: { readonly of: string }) => <span class={`status status-${of}`}>{of}</span>

export const PatchLink = ({ digest, names }: { readonly digest: string; readonly names?: ReadonlyMap<string, string> }) => (
  <a href={`#/lineage/${digest}`} title={digest}>
    {names?.get(digest) ?? <code>{shortDigest(digest)}</code>}
  </a>
)

/** A table that scrolls by itself where the page is narrow. */
export const Table = ({ heads, children }: { readonly heads: readonly string[]; readonly children: ComponentChildren }) => (
  <div class="scroll">
    <table>
      <thead>
        <tr>
          {heads.map(head => (
            <th key={head}>{head}</th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
)

type Happened = { readonly at: string; readonly actor: string; readonly text: string }

/** What happened, in order. */
export const Timeline = ({ entries }: { readonly entries: readonly Happened[] }) => (
  <section>
    <h2>History</h2>
    <ol class="timeline">
      {entries.map((entry, index) => (
        <li key={`${entry.at}-${index}`}>
          <Time at={entry.at} />
          <span>{entry.text}</span>
          <span class="hint">{entry.actor}</span>
        </li>
      ))}
    </ol>
  </section>
)

/** What a finding means, why, and how to fix it: a page that is served beside the console, opened beside what is read now. */
export const FindingLink = ({ code }: { readonly code: string }) => (
  <a href={`/findings/${encodeURIComponent(code)}.html`} target="_blank" rel="noopener" title="What it means, why, and how to fix it">
    {code}
  </a>
)

/** Shows what was asked for, that it is on its way, or why it cannot be had. */
export const Loaded = <T,>({
  asked,
  children,
}: {
  readonly asked: Asked<T>
  readonly children: (body: T, etag: string) => ComponentChildren
}) => {
  if (asked.state === 'waiting') return <p class="hint">…</p>
  if (asked.state === 'failed')
    return (
      <p class="error" role="alert">
        {asked.problem.message}
      </p>
    )
  return <>{children(asked.body, asked.etag)}</>
}
