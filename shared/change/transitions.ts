import { CHANGE_STATUSES, type ChangeStatus } from './change.ts'

/**
 * The lifecycle as data: for every status and command, where it may lead or why it is refused. Commands ask this table
 * first and look at details only where it lets them. docs/lifecycle.md is drawn from it.
 *
 * Three laws hold: nothing leaves a terminal status; abort is possible in every other; only `release` leads out of
 * review towards hosts, and what was halted before that can only be aborted.
 */
export const COMMANDS = [
  'judge',
  'revise',
  'approve',
  'requestChanges',
  'withdraw',
  'confirm',
  'delegate',
  'revokeDelegation',
  'reject',
  'release',
  'expire',
  'openWave',
  'fillWave',
  'passWave',
  'pause',
  'halt',
  'resume',
  'abort',
  'complete',
  'comment',
] as const
export type CommandName = (typeof COMMANDS)[number]

/** Refusals that a status alone decides. */
export type StatusRefusal =
  | 'ended'
  | 'not-judged'
  | 'not-released'
  | 'already-released'
  | 'already-halted'
  | 'halted'
  | 'not-halted'
  | 'not-rolling'

export type Transition = { readonly to: readonly ChangeStatus[] } | { readonly refused: StatusRefusal }

const to = (...statuses: readonly ChangeStatus[]): Transition => ({ to: statuses })
const refused = (refusal: StatusRefusal): Transition => ({ refused: refusal })
const ended: Readonly<Record<CommandName, Transition>> = {
  judge: refused('ended'),
  revise: refused('ended'),
  approve: refused('ended'),
  requestChanges: refused('ended'),
  withdraw: refused('ended'),
  confirm: refused('ended'),
  delegate: refused('ended'),
  revokeDelegation: refused('ended'),
  reject: refused('ended'),
  release: refused('ended'),
  expire: refused('ended'),
  openWave: refused('ended'),
  fillWave: refused('ended'),
  passWave: refused('ended'),
  pause: refused('ended'),
  halt: refused('ended'),
  resume: refused('ended'),
  abort: refused('ended'),
  complete: refused('ended'),
  comment: refused('ended'),
}

export const TRANSITIONS: Readonly<Record<ChangeStatus, Readonly<Record<CommandName, Transition>>>> = {
  proposed: {
    judge: to('in-review', 'blocked'),
    revise: refused('not-judged'),
    approve: refused('not-judged'),
    requestChanges: refused('not-judged'),
    withdraw: refused('not-judged'),
    confirm: refused('not-judged'),
    delegate: refused('not-judged'),
    revokeDelegation: refused('not-judged'),
    reject: refused('not-judged'),
    release: refused('not-judged'),
    expire: refused('not-judged'),
    openWave: refused('not-released'),
    fillWave: refused('not-released'),
    passWave: refused('not-released'),
    pause: refused('not-released'),
    halt: to('halted'),
    resume: refused('not-halted'),
    abort: to('aborted'),
    complete: refused('not-rolling'),
    comment: to('proposed'),
  },
  'in-review': {
    judge: to('in-review', 'blocked'),
    revise: to('in-review', 'blocked'),
    approve: to('in-review'),
    requestChanges: to('in-review'),
    withdraw: to('in-review'),
    confirm: to('in-review'),
    delegate: to('in-review'),
    revokeDelegation: to('in-review'),
    reject: to('declined'),
    release: to('released'),
    expire: to('declined'),
    openWave: refused('not-released'),
    fillWave: refused('not-released'),
    passWave: refused('not-released'),
    pause: refused('not-released'),
    halt: to('halted'),
    resume: refused('not-halted'),
    abort: to('aborted'),
    complete: refused('not-rolling'),
    comment: to('in-review'),
  },
  released: {
    judge: refused('already-released'),
    revise: refused('already-released'),
    approve: refused('already-released'),
    requestChanges: refused('already-released'),
    withdraw: refused('already-released'),
    confirm: refused('already-released'),
    delegate: refused('already-released'),
    revokeDelegation: refused('already-released'),
    reject: refused('already-released'),
    release: refused('already-released'),
    expire: refused('already-released'),
    openWave: to('rolling'),
    fillWave: refused('not-rolling'),
    passWave: refused('not-rolling'),
    pause: to('halted'),
    halt: to('halted'),
    resume: refused('not-halted'),
    abort: to('aborted'),
    complete: refused('not-rolling'),
    comment: to('released'),
  },
  rolling: {
    judge: refused('already-released'),
    revise: refused('already-released'),
    approve: refused('already-released'),
    requestChanges: refused('already-released'),
    withdraw: refused('already-released'),
    confirm: refused('already-released'),
    delegate: refused('already-released'),
    revokeDelegation: refused('already-released'),
    reject: refused('already-released'),
    release: refused('already-released'),
    expire: refused('already-released'),
    openWave: to('rolling'),
    fillWave: to('rolling'),
    passWave: to('rolling'),
    pause: to('halted'),
    halt: to('halted'),
    resume: refused('not-halted'),
    abort: to('aborted'),
    complete: to('completed'),
    comment: to('rolling'),
  },
  halted: {
    judge: refused('halted'),
    revise: refused('halted'),
    approve: refused('halted'),
    requestChanges: refused('halted'),
    withdraw: refused('halted'),
    confirm: refused('halted'),
    delegate: refused('halted'),
    revokeDelegation: refused('halted'),
    reject: refused('halted'),
    release: refused('halted'),
    expire: refused('halted'),
    openWave: refused('halted'),
    fillWave: refused('halted'),
    passWave: refused('halted'),
    pause: refused('already-halted'),
    halt: refused('already-halted'),
    resume: to('released', 'rolling'),
    abort: to('aborted'),
    complete: refused('halted'),
    comment: to('halted'),
  },
  blocked: ended,
  declined: ended,
  aborted: ended,
  completed: ended,
}

/** A terminal status is one that every command is refused in. */
export const isTerminal = (status: ChangeStatus): boolean => COMMANDS.every(command => 'refused' in TRANSITIONS[status][command])

export const TERMINAL_STATUSES: readonly ChangeStatus[] = CHANGE_STATUSES.filter(isTerminal)
