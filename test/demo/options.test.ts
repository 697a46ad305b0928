import { describe, expect, test } from '@jest/globals'
import { HELP, parseOptions } from '../../demo/options.ts'

const DEFAULTS = { once: false, fresh: false, quick: false, port: 8383, data: '.supersede' }

describe('the options of npm start', () => {
  test.each([
    [[], DEFAULTS],
    [['--once', '--fresh', '--quick'], { ...DEFAULTS, once: true, fresh: true, quick: true }],
    [['--port', '0'], { ...DEFAULTS, port: 0 }],
    [['--port=65535', '--data', '/x'], { ...DEFAULTS, port: 65_535, data: '/x' }],
  ])('%j', (args, options) => expect(parseOptions(args)).toEqual({ ok: true, options }))

  test.each([
    [['--port', '65536'], '--port takes a number from 0 to 65535, not 65536'],
    [['--port', '80x'], '--port takes a number from 0 to 65535, not 80x'],
    [['--port', '-1'], /--port/],
    [['--port'], /--port <value>' argument missing/],
    [['--wat'], /Unknown option '--wat'.*--help lists the options/s],
    [['extra'], /extra/],
  ])('%j is refused, saying why', (args, message) => {
    expect(parseOptions(args)).toEqual({
      ok: false,
      help: false,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    })
  })

  test.each(['--help', '-h'])('%s shows every option', flag => {
    expect(parseOptions([flag])).toEqual({ ok: false, help: true, message: HELP })
    for (const name of ['once', 'fresh', 'port', 'data', 'quick', 'help']) expect(HELP).toContain(`--${name}`)
  })
})
