import { awaitsDecision, type ChangeView, changeView, hasEnded } from './change-view.ts'
import { Failure } from './failure.ts'
import { type Input, isSet, secondsGiven } from './input.ts'
import type { Ended, Shell } from './shell.ts'
import { terminalJson } from './terminal/terminal-text.ts'
import { newsLines, waveLines } from './wave-view.ts'

/** How long a server may be away (it restarts, it is being deployed) before watching gives up. */
const AWAY_SECONDS_MAX = 120

type Screen = { readonly show: (change: ChangeView) => void; readonly done: () => void }

const plainScreen = (shell: Shell): Screen => {
  let before: ChangeView | null = null
  return {
    show: change => {
      for (const line of newsLines(before, change)) shell.out(`${new Date(shell.now()).toISOString().slice(11, 19)} ${line}\n`)
      before = change
    },
    done: () => {},
  }
}

const liveScreen = async (shell: Shell): Promise<Screen> => {
  const { createLogUpdate } = await import('log-update')
  const update = createLogUpdate(process.stdout)
  return { show: change => update(waveLines(change, shell).join('\n')), done: () => update.done() }
}

const jsonScreen = (shell: Shell): Screen => {
  let before = ''
  return {
    show: change => {
      const now = JSON.stringify(change)
      if (now !== before) shell.out(`${terminalJson(change).replaceAll(/\n\s*/g, ' ')}\n`)
      before = now
    },
    done: () => {},
  }
}

const screenFor = async ({ shell, json }: Input): Promise<Screen> =>
  json ? jsonScreen(shell) : shell.terminal ? await liveScreen(shell) : plainScreen(shell)

/** Ends of a change that a script wants to know: only `completed` is a success. */
const endOf = (change: ChangeView): Ended => (change.status === 'completed' ? 'ok' : hasEnded(change) ? 'refused' : undefined)

/** Looks at a change again and again until it ends, and shows what is new. A server that is away for a while is waited for. */
export const watchChange = async (input: Input, id: string): Promise<Ended> => {
  const { shell } = input
  const api = input.api()
  const milliseconds = 1000 * Math.max(0.05, secondsGiven(input, 'interval') ?? 1)
  const screen = await screenFor(input)
  let seenAt = shell.now()
  const look = async (): Promise<ChangeView | null> => {
    try {
      const { body } = await api.call('show-change', { path: { change: id } })
      seenAt = shell.now()
      return changeView(body)
    } catch (error) {
      if (!(error instanceof Failure) || error.exit !== 'unreachable' || shell.now() - seenAt > AWAY_SECONDS_MAX * 1000) throw error
      return null
    }
  }
  try {
    for (;;) {
      const change = await look()
      if (change !== null) {
        screen.show(change)
        if (hasEnded(change)) return endOf(change)
        if (isSet(input, 'untilDecision') && awaitsDecision(change)) return undefined
      }
      await shell.sleep(milliseconds)
    }
  } finally {
    screen.done()
  }
}
