import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'

/** Debian's Chromium, where it is installed. */
const CHROMIUM = '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const hasBrowser = existsSync(CHROMIUM)
export const WHY_SKIPPED = `skipped: there is no ${CHROMIUM}; apt-get install chromium brings it`

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

/** A refusal is an answer: the browser tells of it, and the page says it to whoever asked. */
const REFUSED = /^Failed to load resource: the server responded with a status of 4/

/** A tab of its own, and everything that went wrong in it: errors on the console, uncaught exceptions, what the content security policy blocked. */
export const openTab = async (browser: Browser): Promise<{ readonly page: Page; readonly errors: readonly string[] }> => {
  const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-GB', timezoneId: 'UTC' })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('console', message => {
    if (message.type() === 'error' && !REFUSED.test(message.text())) errors.push(message.text())
  })
  page.on('pageerror', error => errors.push(error.message))
  page.setDefaultTimeout(25_000)
  return { page, errors }
}
