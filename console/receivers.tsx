import { useState } from 'preact/hooks'
import { ask } from './api.ts'
import { Loaded, Status, Table, Time } from './parts.tsx'
import type { Delivery, Listing, Receiver } from './shapes.ts'
import { useAsked } from './use-asked.ts'
import { useDoing } from './use-doing.tsx'

const LIVE_SECONDS = 5

const stateOf = ({ disabled, failingSince }: Receiver): string =>
  disabled !== null ? 'disabled' : failingSince === null ? 'active' : 'failing'

const ReceiverRow = ({ receiver }: { readonly receiver: Receiver }) => (
  <tr>
    <td>
      <a href={`#/receivers/${receiver.id}`}>
        <strong>{receiver.name}</strong>
      </a>
      <br />
      <span class="hint">{receiver.address ?? 'the event bus'}</span>
    </td>
    <td>{receiver.kind}</td>
    <td>
      {receiver.fleets.join(', ') || 'all fleets'}
      {receiver.group === null ? null : <span class="hint"> · for {receiver.group}</span>}
    </td>
    <td>
      <Status of={stateOf(receiver)} /> {receiver.disabled}
    </td>
    <td>{receiver.deliveredAt === null ? 'never' : <Time at={receiver.deliveredAt} />}</td>
  </tr>
)

/** Who is told, and how they do. */
export const Receivers = () => {
  const asked = useAsked<Listing<Receiver>>('list-receivers', { everySeconds: LIVE_SECONDS })
  return (
    <section>
      <h1>Who is told</h1>
      <Loaded asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p>Nobody is told of anything yet. Add somebody: supersede receiver create NAME --kind webhook --to ADDRESS</p>
          ) : (
            <Table heads={['Receiver', 'Kind', 'Of', 'State', 'Last delivered']}>
              {items.map(receiver => (
                <ReceiverRow key={receiver.id} receiver={receiver} />
              ))}
            </Table>
          )
        }
      </Loaded>
    </section>
  )
}

type Act = ReturnType<typeof useDoing>['act']
type RowProps = { readonly delivery: Delivery; readonly busy: boolean; readonly act: Act }

const DeliveryRow = ({ delivery: { id, receiver, kind, at, change, state, attempts, nextAt, why }, busy, act }: RowProps) => (
  <tr>
    <td>
      <Time at={at} />
    </td>
    <td>
      {kind}
      <br />
      {change === null ? null : (
        <a href={`#/changes/${change}`}>
          <code>{change}</code>
        </a>
      )}
    </td>
    <td>
      <Status of={state} /> {attempts > 1 ? `after ${attempts} attempts` : null}
      {nextAt === null ? null : (
        <span class="hint">
          {' '}
          next <Time at={nextAt} />
        </span>
      )}
      {why === '' ? null : <p class="hint">{why}</p>}
    </td>
    <td>
      <button
        type="button"
        disabled={busy}
        onClick={() =>
          void act(
            () => ask('retry-delivery', { parameters: { receiver, delivery: id }, body: {} }),
            'Sent again; its state says what came of it.',
          )
        }
      >
        Send again
      </button>
    </td>
  </tr>
)

/** What was sent to one receiver, newest first; what nobody took alone, if that is asked for. */
export const ReceiverPage = ({ id }: { readonly id: string }) => {
  const [version, setVersion] = useState(0)
  const [deadOnly, setDeadOnly] = useState(false)
  const { busy, act, status } = useDoing(() => setVersion(before => before + 1))
  const parameters = { receiver: id }
  const query = { limit: '100', ...(deadOnly ? { state: 'dead' } : {}) }
  const asked = useAsked<Listing<Delivery>>('list-deliveries', { parameters, query, everySeconds: LIVE_SECONDS, version })
  const receivers = useAsked<Listing<Receiver>>('list-receivers', { everySeconds: LIVE_SECONDS, version })
  const receiver = receivers.state === 'there' ? receivers.body.items.find(other => other.id === id) : undefined
  return (
    <section>
      <h1>
        {receiver?.name ?? 'Receiver'} {receiver ? <Status of={stateOf(receiver)} /> : null}
      </h1>
      {receiver?.disabled ? <p class="error">{receiver.disabled}</p> : null}
      <div class="control">
        <button
          type="button"
          disabled={busy}
          onClick={() =>
            void act(() => ask('test-receiver', { parameters, body: {} }), 'A test was sent; its state below says what came of it.')
          }
        >
          Send a test
        </button>
        <label>
          <input type="checkbox" checked={deadOnly} onChange={event => setDeadOnly(event.currentTarget.checked)} /> only what nobody took
        </label>
      </div>
      {status}
      <Loaded asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="hint">Nothing.</p>
          ) : (
            <Table heads={['Of', 'Notice', 'State', '']}>
              {items.map(delivery => (
                <DeliveryRow key={delivery.id} delivery={delivery} busy={busy} act={act} />
              ))}
            </Table>
          )
        }
      </Loaded>
    </section>
  )
}
