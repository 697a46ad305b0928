/** What an agent is told when it starts. */
export type Settings = {
  readonly host: string
  readonly fleet: string
  /** 0..9,999, from the host's id. */
  readonly bucket: number
  /** An open transition counts as stalled after this time. The kernel itself pokes blocking tasks every 15 s. */
  readonly stallSecondsMax: number
  /** How often the machine is looked at while a transition is open. */
  readonly watchSeconds: number
  /** How often the tasks that a stalled transition waits for are looked up; the kernel's own rhythm. */
  readonly explainSeconds: number
  /** A report is sent at least this often, so that a quiet host differs from a silent one. */
  readonly heartbeatSeconds: number
}

export const DEFAULTS: Pick<Settings, 'stallSecondsMax' | 'watchSeconds' | 'explainSeconds' | 'heartbeatSeconds'> = {
  stallSecondsMax: 90,
  watchSeconds: 1,
  explainSeconds: 15,
  heartbeatSeconds: 300,
}
