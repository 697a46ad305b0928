import { Loaded, PatchLink, Status, Table, Time } from './parts.tsx'
import type { ChangeHead, Listing } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const LIVE_SECONDS = 2

const ChangeRow = ({ change, names }: { readonly change: ChangeHead; readonly names: ReadonlyMap<string, string> }) => (
  <tr>
    <td>
      <a href={`#/changes/${change.id}`}>
        <strong>{change.fleet}</strong>
        <br />
        <code>{change.id}</code>
      </a>
    </td>
    <td>
      <PatchLink digest={change.livepatch} names={names} />
    </td>
    <td>
      <Status of={change.status} />
      {change.holds.length > 0 ? <span class="hint"> held</span> : null}
      {change.afterReview === 'open' ? <span class="error"> review open</span> : null}
    </td>
    <td>
      {change.proposer}
      <br />
      <span class="hint">
        <Time at={change.proposedAt} />
      </span>
    </td>
  </tr>
)

/** All changes, newest first. */
export const Changes = ({ names }: { readonly names: ReadonlyMap<string, string> }) => {
  const asked = useAsked<Listing<ChangeHead>>('list-changes', { query: { limit: '100' }, everySeconds: LIVE_SECONDS })
  return (
    <section>
      <h1>Changes</h1>
      <Loaded asked={asked}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p>No change was proposed yet. Propose one: supersede change propose --fleet FLEET --livepatch DIGEST --reason TEXT</p>
          ) : (
            <>
              <Table heads={['Change', 'Livepatch', 'Status', 'Proposed']}>
                {items.map(change => (
                  <ChangeRow key={change.id} change={change} names={names} />
                ))}
              </Table>
              {next ? <p class="hint">These are the newest {items.length}. All of them: supersede change list</p> : null}
            </>
          )
        }
      </Loaded>
    </section>
  )
}
