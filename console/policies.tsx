import { Loaded, plural, Status, shortDigest, Table, Time } from './parts.tsx'
import { PolicyDraft } from './policy-draft.tsx'
import type { EditHead, EditionHead, Policies } from './policy-shapes.ts'
import { PolicyWords } from './policy-words.tsx'
import type { Listing } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const LIVE_SECONDS = 5

const Edits = () => {
  const asked = useAsked<Listing<EditHead>>('list-policy-edits', { query: { limit: '50' }, everySeconds: LIVE_SECONDS })
  return (
    <section>
      <h2>Edits</h2>
      <Loaded asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="hint">Nobody has edited the policies; they are as they were deployed.</p>
          ) : (
            <Table heads={['Edit', 'Files', 'Status', 'Proposed']}>
              {items.map(({ id, status, proposer, proposedAt, reason, paths }) => (
                <tr key={id}>
                  <td>
                    <a href={`#/edits/${id}`}>{reason}</a>
                  </td>
                  <td>{paths.join(', ')}</td>
                  <td>
                    <Status of={status} />
                  </td>
                  <td>
                    {proposer}
                    <br />
                    <span class="hint">
                      <Time at={proposedAt} />
                    </span>
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
    </section>
  )
}

const Editions = () => {
  const asked = useAsked<Listing<EditionHead>>('list-policy-editions', { query: { limit: '20' } })
  return (
    <Loaded asked={asked}>
      {({ items }) =>
        items.length === 0 ? null : (
          <section>
            <h2>Editions</h2>
            <ul>
              {items.map(({ number, edit, at, by, paths }) => (
                <li key={number}>
                  <a href={`#/edits/${edit}`}>Edition {number}</a>, in force since <Time at={at} />, on the word of {by}:{' '}
                  {paths.join(', ') || 'no file'}
                </li>
              ))}
            </ul>
          </section>
        )
      }
    </Loaded>
  )
}

const Files = ({ policies }: { readonly policies: Policies }) => (
  <section>
    <h2>Files</h2>
    {policies.files.map(({ path, from, text }) => (
      <details key={`${from}-${path}`}>
        <summary>
          {path} <span class="hint">{from === 'edition' ? `of edition ${policies.edition}` : 'deployed'}</span>
        </summary>
        <pre>{text}</pre>
      </details>
    ))}
  </section>
)

/** What is in force, what was proposed on top of it, and proposing more. */
export const PoliciesPage = () => {
  const asked = useAsked<Policies>('show-policies')
  return (
    <>
      <h1>Policies</h1>
      <Loaded asked={asked}>
        {policies => (
          <>
            <p class="hint" title={policies.version}>
              Version {shortDigest(policies.version)},{' '}
              {policies.edition === 0 ? 'as deployed' : `edition ${policies.edition} on what was deployed`}
            </p>
            {policies.faults.length > 0 ? (
              <p class="error" role="alert">
                {plural(policies.faults.length, 'fault')}: {policies.faults.map(({ path, message }) => `${path}: ${message}`).join('; ')}
              </p>
            ) : null}
            <Edits />
            <PolicyDraft policies={policies} />
            <Editions />
            <PolicyWords words={policies.words} fleet={null} />
            <Files policies={policies} />
          </>
        )}
      </Loaded>
    </>
  )
}
