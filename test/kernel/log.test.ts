import { describe, expect, test } from '@jest/globals'
import { aboutMessage } from '../../shared/kernel/index.ts'

type Message = Parameters<typeof aboutMessage>[0]

describe('a line of the log has the level of the call that prints it', () => {
  test.each<[level: string, source: string, messages: Message[]]>([
    ['error', 'pr_err', ['not-marked', 'incompatible', 'symbol-missing', 'symbol-ambiguous', 'symbol-position', 'kobject-duplicate']],
    ['error', 'pr_err', ['no-location', 'register-failed', 'vmlinux-module', 'shadow-constructor']],
    ['warning', 'pr_warn', ['sysfs-duplicate', 'pre-patch-failed', 'patch-object-failed', 'enable-failed', 'forcing', 'refusing']],
    ['warning', 'pr_warn', ['initialize-failed', 'apply-failed', 'suspicious-init', 'init-exists', 'loading-anyway', 'shadow-duplicate']],
    ['notice', 'pr_notice', ['enabling', 'starting', 'signaling', 'complete', 'applying', 'reverting', 'tainting']],
    ['debug', 'pr_debug', ['initializing', 'canceling', 'reversing', 'completing']],
  ])('%s: %s', (level, _source, messages) => {
    expect(messages.map(message => [message, aboutMessage(message).level])).toEqual(messages.map(message => [message, level]))
  })
})
