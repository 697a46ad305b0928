import { FreezeText, HoldsOn } from './holds.tsx'
import { Loaded, namesOf, PatchLink, plural, Status, stackText, Table, Time } from './parts.tsx'
import type { Policies } from './policy-shapes.ts'
import { PolicyWords } from './policy-words.tsx'
import type { Fleet, FleetWhole, Host, Listing } from './shapes.ts'
import { useAsked } from './use-asked.ts'

const LIVE_SECONDS = 5

/** All fleets. */
export const FleetsPage = () => {
  const asked = useAsked<Listing<Fleet>>('list-fleets', { query: { limit: '100' }, everySeconds: LIVE_SECONDS })
  return (
    <section>
      <h1>Fleets</h1>
      <Loaded asked={asked}>
        {({ items, next }) =>
          items.length === 0 ? (
            <p>There is no fleet yet. Create one: supersede fleet create FLEET</p>
          ) : (
            <>
              <ul class="list">
                {items.map(({ id, hosts, description, holds }) => (
                  <li key={id}>
                    <a href={`#/fleets/${encodeURIComponent(id)}`}>
                      <strong>{id}</strong>
                    </a>{' '}
                    {plural(hosts, 'host')} <span class="hint">{description}</span>
                    {holds.length > 0 ? <span class="hint"> held</span> : null}
                  </li>
                ))}
              </ul>
              {next ? <p class="hint">There are more: supersede fleet list</p> : null}
            </>
          )
        }
      </Loaded>
    </section>
  )
}

const Cohorts = ({ fleet }: { readonly fleet: FleetWhole }) => (
  <section>
    <h2>What its hosts run</h2>
    {fleet.cohorts.length === 0 ? <p class="hint">No host has reported yet.</p> : null}
    <ul>
      {fleet.cohorts.map(({ cohort, hosts, stack }) => (
        <li key={cohort}>
          {plural(hosts, 'host')}: {stackText(stack)} <span class="hint">{stack.kernelRelease}</span>
        </li>
      ))}
    </ul>
  </section>
)

const HostRow = ({ host }: { readonly host: Host }) => (
  <tr>
    <td>
      <a href={`#/hosts/${encodeURIComponent(host.id)}`}>{host.id}</a>
    </td>
    <td>
      <Status of={host.state} />
    </td>
    <td>{namesOf(host)}</td>
    <td>{host.lastSeenAt === null ? 'never' : <Time at={host.lastSeenAt} />}</td>
  </tr>
)

/** A host that stands still is what somebody is looked for. */
const URGENT = ['transition-stalled', 'between', 'failed', 'forced']
const urgentFirst = (hosts: readonly Host[]): readonly Host[] =>
  hosts.toSorted((a, b) => Number(URGENT.includes(b.state)) - Number(URGENT.includes(a.state)))

const Hosts = ({ id }: { readonly id: string }) => {
  const asked = useAsked<Listing<Host>>('list-hosts', { parameters: { fleet: id }, query: { limit: '100' }, everySeconds: LIVE_SECONDS })
  return (
    <section>
      <h2>Hosts</h2>
      <Loaded asked={asked}>
        {({ items, next }) => (
          <>
            <Table heads={['Host', 'State', 'Livepatches', 'Seen']}>
              {urgentFirst(items).map(host => (
                <HostRow key={host.id} host={host} />
              ))}
            </Table>
            {next ? (
              <p class="hint">
                These are {items.length}. All of them: supersede fleet hosts {id}
              </p>
            ) : null}
          </>
        )}
      </Loaded>
    </section>
  )
}

const Asks = ({ fleet: { directive }, names }: { readonly fleet: FleetWhole; readonly names: ReadonlyMap<string, string> }) => {
  if (directive === null) return <p class="hint">Its hosts were asked for nothing yet.</p>
  return (
    <p>
      {directive.stopped ? <strong class="error">Its hosts are told to stop. </strong> : null}
      {directive.ask === null ? (
        'Its hosts are asked for nothing.'
      ) : (
        <>
          {directive.ask.share / 100} % of its hosts are asked for <PatchLink digest={directive.ask.livepatch} names={names} /> by{' '}
          <a href={`#/changes/${directive.ask.change}`}>a change</a>.
        </>
      )}{' '}
      <span class="hint">
        Directive {directive.version}, of <Time at={directive.issuedAt} />
      </span>
    </p>
  )
}

/** One fleet: what holds it, what it runs, and what its policies ask for. */
export const FleetPage = ({ id, names }: { readonly id: string; readonly names: ReadonlyMap<string, string> }) => {
  const asked = useAsked<FleetWhole>('show-fleet', { parameters: { fleet: id }, everySeconds: LIVE_SECONDS })
  const policies = useAsked<Policies>('show-policies', { query: { fleet: id } })
  return (
    <>
      <h1>Fleet {id}</h1>
      <Loaded asked={asked}>
        {fleet => (
          <>
            <p class="reason">{fleet.description}</p>
            <HoldsOn holds={fleet.holds} names={names} />
            {fleet.freezes.map(freeze => (
              <p key={freeze.name} class="error">
                <FreezeText freeze={freeze} />
              </p>
            ))}
            {fleet.toReboot === 0 ? null : (
              <p class="error">
                {plural(fleet.toReboot, 'host')} to reboot, because a transition was forced there: supersede fleet hosts {id} --to-reboot
              </p>
            )}
            <Asks fleet={fleet} names={names} />
            <Cohorts fleet={fleet} />
            <Hosts id={id} />
          </>
        )}
      </Loaded>
      <Loaded asked={policies}>{({ words }) => <PolicyWords words={words} fleet={id} />}</Loaded>
    </>
  )
}
