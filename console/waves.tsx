import type { Counts, Wave } from './shapes.ts'

const KINDS = ['applied', 'failed', 'stalled', 'silent', 'pending'] as const

const Bar = ({ counts }: { readonly counts: Counts }) => (
  <svg
    class="bar"
    viewBox="0 0 100 6"
    preserveAspectRatio="none"
    role="img"
    aria-label={KINDS.map(kind => `${counts[kind]} ${kind}`).join(', ')}
  >
    {
      KINDS.reduce<{ readonly x: number; readonly parts: readonly preact.JSX.Element[] }>(
        ({ x, parts }, kind) => {
          const width = counts.hosts > 0 ? (100 * counts[kind]) / counts.hosts : 0
          return { x: x + width, parts: [...parts, <rect key={kind} class={`bar-${kind}`} x={x} y="0" width={width} height="6" />] }
        },
        { x: 0, parts: [] },
      ).parts
    }
  </svg>
)

/** One line a wave: share of the fleet, where it is, its hosts. */
export const Waves = ({ waves }: { readonly waves: readonly Wave[] }) => (
  <div class="scroll">
    <table>
      <thead>
        <tr>
          <th>Wave</th>
          <th>Share</th>
          <th>State</th>
          <th>Hosts</th>
          <th class="wide" />
        </tr>
      </thead>
      <tbody>
        {waves.map(({ wave, share, state, counts }) => (
          <tr key={wave}>
            <td>{wave + 1}</td>
            <td>{share / 100} %</td>
            <td>
              <span class={`status status-${state}`}>{state}</span>
            </td>
            <td>
              {counts
                ? `${counts.applied} of ${counts.hosts} applied${counts.failed + counts.stalled + counts.silent > 0 ? `, ${counts.failed} failed, ${counts.stalled} stalled, ${counts.silent} silent` : ''}`
                : '–'}
            </td>
            <td>{counts ? <Bar counts={counts} /> : null}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)
