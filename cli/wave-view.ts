import type { ChangeView, CountsView, WaveView } from './change-view.ts'
import { percent, shortDigest } from './terminal/format.ts'
import { paint, paintStatus } from './terminal/style.ts'
import { terminalText } from './terminal/terminal-text.ts'

/** How lines may look. */
export type Look = { readonly columns: number; readonly color: boolean }

const BAR_MAX = 30

/** Applied full, failed and stalled crossed, the rest light; at least one cell for whatever is not zero. */
const bar = ({ hosts, applied, failed, stalled }: CountsView, cells: number): string => {
  if (hosts === 0) return '░'.repeat(cells)
  const bad = failed + stalled
  const badCells = bad === 0 ? 0 : Math.max(1, Math.round((bad / hosts) * cells))
  const good = applied === hosts ? cells : Math.min(cells - badCells, Math.floor((applied / hosts) * cells))
  return '█'.repeat(good) + '╳'.repeat(Math.min(badCells, cells - good)) + '░'.repeat(Math.max(0, cells - good - badCells))
}

const countsText = ({ hosts, applied, failed, stalled, silent }: CountsView): string =>
  [
    `${applied} of ${hosts} applied`,
    failed > 0 ? `${failed} failed` : '',
    stalled > 0 ? `${stalled} stalled` : '',
    silent > 0 ? `${silent} silent` : '',
  ]
    .filter(text => text !== '')
    .join(', ')

const showsCounts = (wave: WaveView): wave is WaveView & { readonly counts: CountsView } => wave.counts !== null && wave.state !== 'waiting'
const nameOf = (wave: WaveView): string => `  wave ${wave.wave + 1}  ${percent(wave.share).padStart(6)}  `

/** Cells for every bar of a change, so that they can be compared: what the longest line leaves. */
const cellsFor = (waves: readonly WaveView[], { columns }: Look): number => {
  const used = waves.filter(showsCounts).map(wave => nameOf(wave).length + 8 + countsText(wave.counts).length + 4)
  return Math.min(BAR_MAX, columns - Math.max(0, ...used))
}

const waveLine = (wave: WaveView, look: Look, cells: number): string => {
  const state = paintStatus(look, wave.state) + ' '.repeat(Math.max(0, 8 - wave.state.length))
  if (!showsCounts(wave)) return `${nameOf(wave)}${state}`.trimEnd()
  return [`${nameOf(wave)}${state}`, ...(cells < 5 ? [] : [bar(wave.counts, cells)]), countsText(wave.counts)].join('  ')
}

const safe = (wave: WaveView): WaveView => ({ ...wave, state: terminalText(wave.state) })

/** A change as it stands, wave by wave: lines for a terminal that is drawn again and again. */
export const waveLines = (change: ChangeView, look: Look): readonly string[] => [
  `${paint(look, 'bold', `change ${terminalText(change.id)}`)}  ${paintStatus(look, terminalText(change.status))}  ${terminalText(change.fleet)} → ${terminalText(shortDigest(change.livepatch))}`,
  ...change.waves.map(wave => waveLine(safe(wave), look, cellsFor(change.waves, look))),
  ...(change.status === 'in-review' ? change.needs.map(need => `  needs ${terminalText(need)}`) : []),
  ...change.holds.map(hold => `  hold ${terminalText(hold)}`),
  ...(change.halted === null ? [] : [`  halted: ${terminalText(change.halted.detail)} (${terminalText(change.halted.code)})`]),
  ...blockingLines(change).map(line => `  ${line}`),
]

/** What blocks, each once though several cohorts have it. */
const blockingLines = ({ status, findings }: ChangeView): readonly string[] => {
  const blocking = status === 'blocked' ? findings.filter(({ severity }) => severity === 'block') : []
  return [...new Set(blocking.map(({ code, message }) => `${terminalText(code)}: ${terminalText(message)}`))]
}

const moved = (before: WaveView | undefined, now: WaveView): boolean =>
  before?.state !== now.state || (now.state !== 'waiting' && JSON.stringify(before?.counts) !== JSON.stringify(now.counts))

const waveNews = (before: ChangeView | null, now: ChangeView): readonly string[] =>
  now.waves
    .filter(
      wave =>
        moved(
          before?.waves.find(other => other.wave === wave.wave),
          wave,
        ) && !(before === null && wave.state === 'waiting'),
    )
    .map(safe)
    .map(wave => {
      const counts = wave.counts === null || wave.state === 'waiting' ? '' : `: ${countsText(wave.counts)}`
      return `wave ${wave.wave + 1} of ${now.waves.length} (${percent(wave.share)}) ${wave.state}${counts}`
    })

const holdNews = (before: ChangeView | null, now: ChangeView): readonly string[] => [
  ...now.holds.filter(hold => !before?.holds.includes(hold)).map(hold => `hold ${terminalText(hold)}`),
  ...(now.holds.length === 0 && (before?.holds.length ?? 0) > 0 ? ['no longer held'] : []),
]

/** What is new since the last look, a line each: for logs and for what is no terminal. Nothing new, no lines. */
export const newsLines = (before: ChangeView | null, now: ChangeView): readonly string[] => [
  ...(before?.status === now.status ? [] : [`${terminalText(now.id)} is ${terminalText(now.status)}`]),
  ...now.approvals
    .filter(({ by, at }) => !before?.approvals.some(other => other.by === by && other.at === at))
    .map(({ by, groups }) => `approved by ${terminalText(by)} (${groups.map(terminalText).join(', ')})`),
  ...(now.status === 'in-review' && JSON.stringify(before?.needs) !== JSON.stringify(now.needs)
    ? now.needs.map(need => `needs ${terminalText(need)}`)
    : []),
  ...holdNews(before, now),
  ...waveNews(before, now),
  ...(now.halted !== null && before?.halted?.detail !== now.halted.detail
    ? [`halted: ${terminalText(now.halted.detail)} (${terminalText(now.halted.code)})`]
    : []),
  ...(before?.status === now.status ? [] : blockingLines(now)),
]
