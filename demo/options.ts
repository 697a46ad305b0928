import { parseArgs } from 'node:util'

export const HELP = `npm start -- [options]

Runs Supersede on this machine, enrols a demonstration fleet of 40 simulated hosts, takes a livepatch through
verdict, approvals and three waves, and stays up. Starting again goes on where it was.

  --once         end after the demonstration; exit 0 only if all of it came out as it should
  --fresh        forget the data directory's content and begin anew
  --port N       port on 127.0.0.1 (default 8383; 0 takes any free one)
  --data DIR     data directory (default .supersede)
  --quick        hardly any soak, hurried polls: for tests
  --help         this text

Exit codes: 0 all well, 1 something did not come out as it should, 2 wrong options, 130 Ctrl-C with --once.
`

export type Options = {
  readonly once: boolean
  readonly fresh: boolean
  readonly quick: boolean
  readonly port: number
  readonly data: string
}

export type Parsed =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly help: boolean; readonly message: string }

const portOf = (text: string): number | null => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null)

/** Reads the command line of `npm start`. */
export const parseOptions = (args: readonly string[]): Parsed => {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        once: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        port: { type: 'string', default: '8383' },
        data: { type: 'string', default: '.supersede' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { ok: false, help: true, message: HELP }
    const port = portOf(values.port)
    if (port === null) return { ok: false, help: false, message: `--port takes a number from 0 to 65535, not ${values.port}` }
    return { ok: true, options: { once: values.once, fresh: values.fresh, quick: values.quick, port, data: values.data } }
  } catch (error) {
    return {
      ok: false,
      help: false,
      message: `${error instanceof Error ? error.message : String(error)} (npm start -- --help lists the options)`,
    }
  }
}
