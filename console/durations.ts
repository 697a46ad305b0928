const UNITS = { d: 86_400, h: 3_600, m: 60, s: 1 } as const

/** `2h` of 7,200 seconds: the largest unit that leaves no rest. */
export const durationText = (seconds: number): string => {
  const [unit, size] = Object.entries(UNITS).find(([, length]) => seconds % length === 0 && seconds >= length) ?? ['s', 1]
  return `${seconds / size}${unit}`
}

/** Seconds of `90s`, `15m`, `2h`, `3d` or a bare number; null of anything else. */
export const secondsOf = (text: string): number | null => {
  const [, count, unit] = /^(\d+)([smhd]?)$/.exec(text.trim()) ?? []
  const size = Object.entries(UNITS).find(([name]) => name === (unit || 's'))?.[1]
  return count === undefined || size === undefined ? null : Number(count) * size
}
