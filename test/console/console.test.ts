import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import { startReceiver } from '../notice/receiver-double.ts'
import { hasBrowser, openBrowser, openTab, WHY_SKIPPED } from './browser.ts'
import { type House, openHouse } from './house.ts'

jest.setTimeout(60_000)
if (!hasBrowser) console.warn(WHY_SKIPPED)

const REASON = 'Third fix <img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'
const COMMENT = '"><svg onload="window.harmed=1"> & fine'

const leave: (() => Promise<void>)[] = []
const opened: { house?: House; browser?: Browser } = {}
const house = (): House => {
  if (!opened.house) throw new Error('the house is not open yet')
  return opened.house
}
const known = { first: '', second: '', module2: '' }

/** Opens the URL that npm start prints, as whoever it is. */
const logIn = async (name: string) => {
  if (!opened.browser) throw new Error('the browser is not open yet')
  const tab = await openTab(opened.browser)
  const { url, issuer } = house().platform
  await tab.page.goto(`${url}/#code=${issuer.code}`)
  await tab.page.getByRole('button', { name }).click()
  await tab.page.getByRole('heading', { name: 'Changes' }).waitFor()
  return tab
}
const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const status = (page: Page, text: string) => page.locator('h1 .status', { hasText: text }).waitFor()
const harmed = (page: Page) => page.evaluate(() => Reflect.get(window, 'harmed'))
const row = (page: Page, change: string) => page.locator('tbody tr', { hasText: change })

;(hasBrowser ? describe : describe.skip)('the console, in a browser', () => {
  beforeAll(async () => {
    const [made, browser] = await Promise.all([openHouse(), openBrowser()])
    Object.assign(opened, { house: made, browser })
    known.module2 = await made.submit('lp_proc_2')
    for (const name of ['lp_proc_1', 'lp_proc_hotfix']) await made.submit(name)
    known.first = await made.propose(known.module2, REASON)
  }, 90_000)
  afterAll(async () => {
    for (const stop of leave) await stop()
    await opened.browser?.close()
    await opened.house?.close()
  })

  test('the code in the URL logs in, and does not stay there', async () => {
    const { page, errors } = await logIn('Bob Brandt')
    expect(page.url()).not.toContain('code=')
    await see(page, 'Bob Brandt')
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('a wrong code is said, and lets nobody in', async () => {
    if (!opened.browser) throw new Error('the browser is not open yet')
    const { page } = await openTab(opened.browser)
    await page.goto(`${house().platform.url}/#code=wrong`)
    await page.getByRole('button', { name: 'Bob Brandt' }).click()
    expect(await page.getByRole('alert').textContent()).toMatch(/The code stands in issuer\.json/)
    expect(await page.getByRole('heading', { name: 'Changes' }).count()).toBe(0)
    await page.context().close()
  })

  test('a change shows its verdict, what is missing, and texts as texts', async () => {
    const { page, errors } = await logIn('Bob Brandt')
    await row(page, known.first).getByRole('link', { name: known.first }).click()
    await status(page, 'in-review')
    await see(page, REASON)
    await see(page, 'way-back-not-atomic')
    await see(page, '1 host with lp_proc_1 + lp_proc_hotfix')
    await page.locator('summary', { hasText: 'no livepatch' }).click()
    await page.locator('details[open] pre', { hasText: "livepatch: enabling patch 'lp_proc_2'" }).waitFor()
    expect(await page.locator('details[open] > p > strong').allTextContents()).toEqual([
      'Goes back to original code:',
      'Added (2):',
      'Fixes lost:',
      'Fixes gained (2):',
      'Callbacks that are skipped:',
      'Callbacks that run (2):',
      'Way back:',
      'What the kernel will log:',
    ])
    await see(page, /approval by one of security/)
    const [explained] = await Promise.all([
      page.waitForEvent('popup'),
      page.locator('.finding').getByRole('link', { name: 'way-back-not-atomic' }).first().click(),
    ])
    await explained.getByRole('heading', { name: 'How to fix it' }).waitFor()
    await explained.getByRole('link', { name: 'All findings' }).click()
    await explained.getByRole('link', { name: 'missing-callback' }).click()
    await explained.getByRole('heading', { name: 'missing-callback', exact: true }).waitFor()
    expect([await harmed(page), errors]).toEqual([undefined, []])
    await page.context().close()
  })

  test('the proposer is told that others decide', async () => {
    const { page } = await logIn('Alice Arnaud')
    await row(page, known.first).getByRole('link', { name: known.first }).click()
    await see(page, /others decide about it/)
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
    await page.context().close()
  })

  test('who may not approve is told why', async () => {
    const { page } = await logIn('Dave Dahl')
    await row(page, known.first).getByRole('link', { name: known.first }).click()
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.locator('.decide .error').waitFor()
    await status(page, 'in-review')
    await page.context().close()
  })

  test('two people approve, and the waves run to the end in front of their eyes', async () => {
    const [bob, carol] = [await logIn('Bob Brandt'), await logIn('Carol Conti')]
    for (const { page } of [bob, carol]) await row(page, known.first).getByRole('link', { name: known.first }).click()
    await bob.page.getByLabel('Comment or reason').fill(COMMENT)
    await bob.page.getByRole('button', { name: 'Only comment' }).click()
    await see(carol.page, COMMENT)
    await bob.page.getByLabel('way-back-not-atomic').check()
    await bob.page.getByRole('button', { name: 'Approve' }).click()
    await see(carol.page, /signing off way-back-not-atomic/)
    await bob.page.getByRole('button', { name: 'Withdraw my approval' }).click()
    await see(carol.page, 'None yet.')
    await bob.page.getByRole('button', { name: 'Approve' }).click()
    await see(carol.page, /^Bob Brandt \(bob\)/)
    await carol.page.getByRole('button', { name: 'Approve' }).click()
    for (const { page } of [bob, carol]) {
      await see(page, 'Policy released it')
      await status(page, 'completed')
      expect(await page.locator('tbody .status-passed').count()).toBe(3)
      await see(page, '3 of 3 applied')
    }
    expect([await harmed(bob.page), await harmed(carol.page), bob.errors, carol.errors]).toEqual([undefined, undefined, [], []])
    await Promise.all([bob.page.context().close(), carol.page.context().close()])
  })

  test('the lineage shows what the livepatch replaced, and leads to the change', async () => {
    const { page, errors } = await logIn('Dave Dahl')
    await row(page, known.first).getByRole('link', { name: 'lp_proc_2' }).click()
    await page.getByRole('heading', { name: 'Lineage of lp_proc_2' }).waitFor()
    await page.locator('.graph').waitFor()
    expect(await page.locator('.graph a').allTextContents()).toEqual(
      expect.arrayContaining(['no livepatch', expect.stringContaining('lp_proc_1'), expect.stringContaining('lp_proc_2')]),
    )
    await page.getByRole('link', { name: 'change', exact: true }).first().click()
    await status(page, 'completed')
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('a change that is blocked says by what, the worst first, and can no longer be decided on', async () => {
    const digest = await house().submit('lp_proc_1')
    known.second = await house().propose(digest, 'Back')
    const { page, errors } = await logIn('Bob Brandt')
    await row(page, known.second).getByRole('link', { name: known.second }).click()
    await status(page, 'blocked')
    await page.locator('.finding').first().waitFor()
    expect(await page.locator('.finding').first().textContent()).toMatch(/^missing-callback block every host/)
    expect(await page.getByRole('button', { name: /Approve|Reject|Abort/ }).count()).toBe(0)
    expect(errors).toEqual([])
    await page.context().close()
  })

  test('rejecting wants a reason, and ends the change', async () => {
    const change = await house().propose(await house().submit('lp_proc_3'), 'Next')
    const { page } = await logIn('Carol Conti')
    await row(page, change).getByRole('link', { name: change }).click()
    await page.getByRole('button', { name: 'Reject' }).click()
    await page.locator('.decide .error').waitFor()
    await page.getByLabel('Comment or reason').fill('Not this week')
    await page.getByRole('button', { name: 'Reject' }).click()
    await status(page, 'declined')
    await see(page, 'Carol Conti rejected: Not this week')
    await page.context().close()
  })

  test('aborting is asked for twice', async () => {
    const change = await house().propose(await house().submit('lp_proc_3'), 'Next')
    const { page } = await logIn('Alice Arnaud')
    await row(page, change).getByRole('link', { name: change }).click()
    await page.getByRole('button', { name: 'Abort' }).click()
    await status(page, 'in-review')
    await page.getByRole('button', { name: /Really abort/ }).click()
    await status(page, 'aborted')
    await page.context().close()
  })

  test('what is held stands above every page with its reason as a text, and is lifted there', async () => {
    const reason = 'Hosts panic <img src=x onerror="window.harmed=1">'
    const placed = await house().platform.ask('place-hold', { as: 'carol', body: { scope: 'everything', reason, hours: 1 } })
    expect(placed).toMatchObject({ status: 201, body: { halted: expect.any(Array), inTransition: 0 } })
    const { page, errors } = await logIn('Carol Conti')
    const banner = page.getByRole('complementary', { name: 'Holds' })
    await banner.getByText(/Everything held by Carol Conti until .*: Hosts panic <img/).waitFor()
    await banner.getByRole('button', { name: 'Lift' }).click()
    await banner.getByLabel('Why it is lifted').fill('It was the rack')
    await banner.getByRole('button', { name: 'Lift the hold' }).click()
    await banner.waitFor({ state: 'detached' })
    expect([await harmed(page), errors]).toEqual([undefined, []])
    await page.context().close()
  })

  test('who is told is shown with what nobody took; a test is sent, and a dead letter sent again', async () => {
    const receiver = await startReceiver()
    leave.push(receiver.stop)
    receiver.answer({ status: 500, body: 'out of order <img src=x onerror="window.harmed=1">' })
    await house().platform.ask('create-receiver', {
      as: 'alice',
      body: { name: 'ops', kind: 'webhook', url: receiver.url, kinds: ['declined'] },
    })
    const { page, errors } = await logIn('Alice Arnaud')
    await page.getByRole('link', { name: 'Who is told' }).click()
    await see(page, /127\.0\.0\.1:\d+\/…/)
    expect(await page.content()).not.toContain('very-secret-path')
    await page.getByRole('link', { name: 'ops' }).click()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.locator('tbody .status', { hasText: 'dead' }).waitFor()
    await see(page, 'HTTP 500: out of order <img src=x')
    await page.getByLabel('only what nobody took').check()
    receiver.answer({ status: 204 })
    await page.getByRole('button', { name: 'Send again' }).click()
    await see(page, 'Nothing.')
    await page.getByLabel('only what nobody took').uncheck()
    await page.locator('tbody .status', { hasText: 'delivered' }).waitFor()
    expect([await harmed(page), errors, receiver.heard.length]).toEqual([undefined, [], 2])
    await page.context().close()
  })

  test('logging out forgets the token', async () => {
    const { page } = await logIn('Bob Brandt')
    await page.getByRole('button', { name: 'Log out' }).click()
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await page.evaluate(() => sessionStorage.getItem('supersede.session'))).toBe(null)
    await page.context().close()
  })
})
