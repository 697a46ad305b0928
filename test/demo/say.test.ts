import { describe, expect, test } from '@jest/globals'
import { openSay } from '../../demo/say.ts'

/** What is written, on a terminal or into a file, half a second passing at each look at the clock. */
const written = (isTTY: boolean, speak: (say: ReturnType<typeof openSay>) => void): string => {
  let text = ''
  let now = 0
  const out = {
    isTTY,
    write: (part: string) => {
      text += part
    },
  }
  speak(
    openSay(out, () => {
      now += 500
      return now
    }),
  )
  return text
}

describe('how the demonstration speaks', () => {
  test('steps are numbered, lines carry the time since the start', () => {
    const text = written(false, say => {
      say.step('One')
      say.line('a\nb')
      say.step('Two')
    })
    expect(text).toBe('\n1  One\n  0.5 s  a\n  1.0 s  b\n\n2  Two\n')
  })

  test('in a file, what goes on is a line whenever it changes, and only the lines that did', () => {
    const text = written(false, say => {
      say.live(['wave 1 open', 'wave 2 waiting'])
      say.live(['wave 1 open', 'wave 2 waiting'])
      say.live(['wave 1 passed', 'wave 2 waiting'])
    })
    expect(text).toBe('  0.5 s  wave 1 open\n  1.0 s  wave 2 waiting\n  1.5 s  wave 1 passed\n')
  })

  test('on a terminal it is drawn again in place, until it is settled', () => {
    const text = written(true, say => {
      say.live(['one', 'two'])
      say.live(['ONE', 'two'])
      say.settle()
      say.live(['next'])
    })
    const indent = ' '.repeat(9)
    expect(text).toBe(`${indent}one\n${indent}two\n\u001b[2A\u001b[J${indent}ONE\n${indent}two\n${indent}next\n`)
  })

  test('no escape sequence gets into a file', () => {
    const text = written(false, say => {
      say.step('One')
      say.line('a')
      say.live(['b'])
      say.live(['c'])
    })
    expect(text).not.toContain('\u001b')
  })
})
