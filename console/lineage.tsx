import { Loaded, PatchLink, plural, shortDigest, Time } from './parts.tsx'
import type { Edge } from './shapes.ts'
import { useAsked } from './use-asked.ts'

type Lineage = {
  readonly livepatches: readonly { readonly digest: string; readonly name: string | null; readonly version: string | null }[]
  readonly edges: readonly Edge[]
}

const NODE = { width: 190, height: 44, gapX: 130, gapY: 24 }

/** Left to right by how many replacements lead to a livepatch; null stands for hosts without one. */
const layersOf = (edges: readonly Edge[]): ReadonlyMap<string, number> => {
  const layers = new Map<string, number>()
  const key = (digest: string | null) => digest ?? 'none'
  for (const { previous, next } of edges) for (const digest of [key(previous), next]) layers.set(digest, 0)
  // As many rounds as there are nodes suffice without a cycle, and end it with one (a livepatch may come back).
  for (let round = 0; round < layers.size; round += 1)
    for (const { previous, next } of edges) {
      const least = (layers.get(key(previous)) ?? 0) + 1
      if ((layers.get(next) ?? 0) < least && least < layers.size) layers.set(next, least)
    }
  return layers
}

/** One line a pair, however many changes did it. */
const replacements = (edges: readonly Edge[]) =>
  [...Map.groupBy(edges, ({ previous, next }) => `${previous ?? 'none'} ${next}`).values()].flatMap(group => {
    const [first] = group
    return first ? [{ previous: first.previous ?? 'none', next: first.next, hosts: group.reduce((sum, { hosts }) => sum + hosts, 0) }] : []
  })

const Graph = ({ lineage, centre }: { readonly lineage: Lineage; readonly centre: string }) => {
  const layers = layersOf(lineage.edges)
  const names = new Map(
    lineage.livepatches.map(({ digest, name, version }) => [digest, name ? `${name} (${version})` : shortDigest(digest)]),
  )
  const rows = new Map<number, number>()
  const places = new Map(
    [...layers].map(([digest, layer]) => {
      const row = rows.get(layer) ?? 0
      rows.set(layer, row + 1)
      return [digest, { x: 8 + layer * (NODE.width + NODE.gapX), y: 8 + row * (NODE.height + NODE.gapY) }] as const
    }),
  )
  const width = 16 + (Math.max(0, ...layers.values()) + 1) * (NODE.width + NODE.gapX) - NODE.gapX
  const height = 16 + Math.max(1, ...rows.values()) * (NODE.height + NODE.gapY) - NODE.gapY
  return (
    <svg
      class="graph"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label="Which livepatch replaced which"
    >
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">
          <path d="M0,0 L8,4 L0,8 z" />
        </marker>
      </defs>
      {replacements(lineage.edges).map(({ previous, next, hosts }) => {
        const from = places.get(previous)
        const to = places.get(next)
        if (!from || !to) return null
        const [x1, y1, x2, y2] = [from.x + NODE.width, from.y + NODE.height / 2, to.x, to.y + NODE.height / 2]
        return (
          <g key={`${previous}-${next}`}>
            <path class="edge" d={`M${x1},${y1} C${x1 + 45},${y1} ${x2 - 45},${y2} ${x2},${y2}`} marker-end="url(#arrow)" />
            <text class="on-edge" x={(x1 + x2) / 2} y={(y1 + y2) / 2 + 4} text-anchor="middle">
              {plural(hosts, 'host')}
            </text>
          </g>
        )
      })}
      {[...places].map(([digest, { x, y }]) => (
        <a key={digest} {...(digest === 'none' ? {} : { href: `#/lineage/${digest}` })}>
          <rect class={digest === centre ? 'centre' : ''} x={x} y={y} width={NODE.width} height={NODE.height} rx="6" />
          <text x={x + NODE.width / 2} y={y + NODE.height / 2 + 4} text-anchor="middle">
            {digest === 'none' ? 'no livepatch' : (names.get(digest) ?? shortDigest(digest))}
          </text>
        </a>
      ))}
    </svg>
  )
}

/** What a livepatch replaced on which hosts, and what replaced it. */
export const LineagePage = ({ digest, names }: { readonly digest: string; readonly names: ReadonlyMap<string, string> }) => {
  const asked = useAsked<Lineage>('show-lineage', { parameters: { digest } })
  return (
    <section>
      <h1>Lineage of {names.get(digest) ?? <code>{shortDigest(digest)}</code>}</h1>
      <Loaded asked={asked}>
        {lineage =>
          lineage.edges.length === 0 ? (
            <p>This livepatch has replaced nothing yet, and nothing has replaced it.</p>
          ) : (
            <>
              <Graph lineage={lineage} centre={digest} />
              <ul>
                {lineage.edges.map((edge, index) => (
                  <li key={`${edge.change}-${index}`}>
                    <Time at={edge.at} />: <PatchLink digest={edge.next} names={names} /> replaced{' '}
                    {edge.previous ? <PatchLink digest={edge.previous} names={names} /> : 'no livepatch'} on {plural(edge.hosts, 'host')} of{' '}
                    {edge.fleet} by <a href={`#/changes/${edge.change}`}>change</a>: {plural(edge.kept.length, 'function')} kept,{' '}
                    {edge.repatched.length} re-patched, {edge.added.length} added, {edge.reverted.length} reverted
                    {edge.leftOpen ? <span class="error">; left open in an emergency: {edge.leftOpen.join(', ')}</span> : null}
                  </li>
                ))}
              </ul>
            </>
          )
        }
      </Loaded>
    </section>
  )
}
