/** Exit codes, for scripts. docs/cli.md and `supersede --help` are made from this table. */
export const EXIT = {
  ok: [0, 'done'],
  failure: [1, 'it failed; the message says how (policy test: a case failed)'],
  usage: [2, 'the command line is wrong'],
  refused: [
    3,
    'refused: by policy, by a blocking finding, or because the state does not allow it (HTTP 403, 409, 412); recomputed, and another verdict',
  ],
  notFound: [4, 'there is no such thing (HTTP 404)'],
  notLoggedIn: [5, 'nobody is logged in, or the login has expired (HTTP 401)'],
  unreachable: [6, 'no answer from the server'],
  toReview: [10, 'verdict: nothing blocks, something has to be reviewed'],
  nothingCertain: [
    11,
    'inspect, diff, patch submit, verdict, bridge: nothing certain can be said about the livepatch; a verdict that cannot be recomputed',
  ],
  refusedFile: [12, 'inspect, diff, patch submit, verdict, bridge, policy: the file is refused (policy check: or a rule can never apply)'],
  differs: [13, 'policy diff: a past change would have been decided otherwise'],
} as const satisfies Readonly<Record<string, readonly [number, string]>>
export type Exit = keyof typeof EXIT

export const exitCode = (exit: Exit): number => EXIT[exit][0]
