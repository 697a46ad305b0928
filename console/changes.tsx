import { Loaded, PatchLink, Status, Time } from './parts.tsx'
import type { ChangeHead, Listing } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const LIVE_SECONDS = 2

/** All changes, newest first. */
export const Changes = ({ names }: { readonly names: ReadonlyMap<string, string> }) => {
  const asked = useAsked<Listing<ChangeHead>>('list-changes', {}, LIVE_SECONDS)
  return (
    <section>
      <h1>Changes</h1>
      <Loaded asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p>No change was proposed yet. Propose one: supersede change propose --fleet FLEET --livepatch DIGEST --reason TEXT</p>
          ) : (
            <table>
              <thead>
                <tr>
                  <th>Change</th>
                  <th>Fleet</th>
                  <th>Livepatch</th>
                  <th>Status</th>
                  <th>Proposed</th>
                </tr>
              </thead>
              <tbody>
                {items.map(change => (
                  <tr key={change.id}>
                    <td>
                      <a href={`#/changes/${change.id}`}>
                        <code>{change.id}</code>
                      </a>
                    </td>
                    <td>{change.fleet}</td>
                    <td>
                      <PatchLink digest={change.livepatch} names={names} />
                    </td>
                    <td>
                      <Status of={change.status} />
                    </td>
                    <td>
                      <Time at={change.proposedAt} /> by {change.proposer}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </section>
  )
}
