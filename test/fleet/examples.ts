import type { Host, Report } from '../../shared/fleet/index.ts'
import { stackDigest } from '../../shared/kernel/index.ts'

export const stack = (...names: string[]): Report['stack'] => ({
  kernelRelease: '6.1.0-13-amd64',
  livepatches: names.map(name => ({ name, digest: null, enabled: true, transition: false })),
  resident: [],
  targets: [],
  forced: false,
})

export const host = (over: Partial<Host> = {}): Host => ({
  id: 'host-1',
  fleet: 'edge',
  publicKey: 'k'.repeat(43),
  enrolledAt: '2026-11-01T00:00:00.000Z',
  bucket: 1_234,
  sequence: 0,
  state: 'unapplied',
  bootId: null,
  fresh: false,
  stackDigest: null,
  stack: null,
  change: null,
  refusal: null,
  transition: null,
  clearance: null,
  between: null,
  lastSeenAt: null,
  ...over,
})

export const report = (over: Partial<Report> = {}): Report => ({
  schema: 'supersede.report/1',
  host: 'host-1',
  fleet: 'edge',
  sequence: 1,
  at: Date.UTC(2026, 10, 2),
  bootId: 'b',
  state: 'unapplied',
  stack: stack('lp_fix_1'),
  directiveVersion: 0,
  change: null,
  refusal: null,
  ...over,
})

export const digest = (...names: string[]): string => stackDigest(stack(...names))
