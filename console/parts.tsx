import type { ComponentChildren } from 'preact'
import type { Asked } from './use-asked.ts'

export const shortDigest = (digest: string): string => digest.slice(0, 12)

export const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`

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
