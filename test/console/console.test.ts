import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import type { Browser, Page } from 'playwright-core'
import * as z from 'zod'
import { startReceiver } from '../notice/receiver-double.ts'
import { hasBrowser, openBrowser, openTab, WHY_SKIPPED } from './browser.ts'
import { type House, openHouse } from './house.ts'
import { stalledHost } from './stalled-host.ts'

jest.setTimeout(60_000)
if (!hasBrowser) console.warn(WHY_SKIPPED)

const REASON = 'Third fix <img src=x onerror="window.harmed=1"><script>window.harmed=1</script>'
const COMMENT = '"><svg onload="window.harmed=1"> & fine'
const NAMES = { alice: 'Alice Arnaud', bob: 'Bob Brandt', carol: 'Carol Conti', dave: 'Dave Dahl' } as const

const leave: (() => Promise<void>)[] = []
const opened: { house?: House; browser?: Browser } = {}
const house = (): House => {
  if (!opened.house) throw new Error('the house is not open yet')
  return opened.house
}
const known = { first: '', second: '', module2: '' }

type Tab = Awaited<ReturnType<typeof openTab>>
const tabs = new Map<keyof typeof NAMES, Tab>()

/** Opens the URL that npm start prints, as whoever it is. */
const logIn = async (who: keyof typeof NAMES): Promise<Tab> => {
  if (!opened.browser) throw new Error('the browser is not open yet')
  const tab = await openTab(opened.browser)
  const { url, issuer } = house().platform
  await tab.page.goto(`${url}/#code=${issuer.code}`)
  await tab.page.getByRole('button', { name: NAMES[who] }).click()
  await tab.page.getByRole('heading', { name: 'Changes' }).waitFor()
  return tab
}

/** The one tab of a person, logged in once, on a page of the console. */
const at = async (who: keyof typeof NAMES, hash = '#/'): Promise<Page> => {
  const tab = tabs.get(who) ?? (await logIn(who))
  tabs.set(who, tab)
  await tab.page.evaluate(to => location.assign(to), hash)
  return tab.page
}
const onChange = (who: keyof typeof NAMES, change: string): Promise<Page> => at(who, `#/changes/${change}`)

const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()
const status = (page: Page, text: string) => page.locator('h1 .status', { hasText: text }).waitFor()
const harmed = (page: Page) => page.evaluate(() => Reflect.get(window, 'harmed'))
const row = (page: Page, change: string) => page.locator('tbody tr', { hasText: change })
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click()

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
    const page = await at('bob')
    expect(page.url()).not.toContain('code=')
    await see(page, 'Bob Brandt')
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
    const page = await at('bob')
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
    await explained.close()
  })

  test('the proposer is told that others decide, and may comment', async () => {
    const page = await onChange('alice', known.first)
    await see(page, /others decide about it/)
    await page.getByLabel('Comment').fill(COMMENT)
    await press(page, 'Only comment')
    await see(page, `Alice Arnaud says: ${COMMENT}`)
    expect(await page.getByRole('button', { name: /Approve|Reject|Ask for|Delegate/ }).count()).toBe(0)
  })

  test('who may not approve is told why, and is not offered to stop everything', async () => {
    const page = await onChange('dave', known.first)
    await press(page, 'Approve')
    await page.locator('.decide .error').waitFor()
    await status(page, 'in-review')
    expect(await page.getByRole('button', { name: 'Stop everything' }).count()).toBe(0)
  })

  test('what somebody delegates is lent until an end, and taken back', async () => {
    const page = await onChange('bob', known.first)
    await page.getByText('Let somebody else decide').click()
    await page.getByLabel('Who decides instead (id)').fill('carol')
    await press(page, 'Delegate')
    await see(page, /^Bob Brandt \(bob\) lets carol decide instead, until /)
    await press(page, 'Take it back')
    await see(page, 'Taken back.')
    await page.getByText('(bob) lets carol').waitFor({ state: 'detached' })
  })

  test('a request for changes is answered by a revision with another plan', async () => {
    const [alice, bob] = [await onChange('alice', known.first), await onChange('bob', known.first)]
    await see(bob, /^Waves, % of the fleet: 5, 50, 100 · Soak: 0s · .*Silent hosts: 20 or 5 % · Route: replace$/)
    await bob.getByLabel('Comment or reason').fill('Soak longer')
    await press(bob, 'Ask for changes')
    await see(alice, /^Bob Brandt \(bob\), .*: Soak longer$/)
    await alice.getByText('Revise it').click()
    await alice.getByLabel('Soak').fill('a while')
    await see(alice, /^Soak: write waves as/)
    await alice.getByLabel('Soak').fill('0s')
    await alice.getByLabel('Time to decide').fill('2d')
    await alice.getByLabel('Failed hosts').fill('1 or 2.5 %')
    await alice.getByLabel('Why it is revised').fill(REASON)
    await alice.getByRole('combobox', { name: 'Route' }).selectOption('disable-then-load')
    await alice.getByRole('combobox', { name: 'Route' }).selectOption('replace')
    await press(alice, 'Revise with this plan')
    await see(bob, `Alice Arnaud revised it with another plan: ${REASON}`)
    const { body } = await house().platform.ask('show-change', { as: 'dave', path: { change: known.first } })
    expect(body['plan']).toMatchObject({
      soakSeconds: 0,
      approvalSecondsMax: 172_800,
      budgets: { failed: { count: 1, share: 0.025 }, silent: { count: 20 } },
    })
    expect(body['changesRequested']).toEqual([])
  })

  test('two people approve, and the waves run to the end in front of their eyes', async () => {
    const [bob, carol] = [await onChange('bob', known.first), await onChange('carol', known.first)]
    await bob.getByLabel('Comment or reason').fill(COMMENT)
    await press(bob, 'Only comment')
    await see(carol, `Bob Brandt says: ${COMMENT}`)
    const { body } = await house().platform.ask('show-change', { as: 'dave', path: { change: known.first } })
    await bob.getByLabel(/^way-back-not-atomic .*The way back from lp_proc_2/).check()
    await press(bob, 'Approve')
    await see(carol, /signing off way-back-not-atomic saw [0-9a-f]{12}/)
    await see(carol, `saw ${String(body['view']).slice(0, 12)}`)
    await press(bob, 'Withdraw my approval')
    await see(carol, 'None yet.')
    await see(carol, 'Count no more:')
    await press(bob, 'Approve')
    await see(carol, /^Bob Brandt \(bob\)/)
    await press(carol, 'Approve')
    for (const page of [bob, carol]) {
      await see(page, 'Policy released it')
      await status(page, 'completed')
      expect(await page.locator('tbody .status-passed').count()).toBe(3)
      await see(page, '3 of 3 applied')
    }
  })

  test('the lineage shows what the livepatch replaced, and leads to the change', async () => {
    const page = await at('dave')
    await row(page, known.first).getByRole('link', { name: 'lp_proc_2' }).click()
    await page.getByRole('heading', { name: 'Lineage of lp_proc_2' }).waitFor()
    await page.locator('.graph').waitFor()
    expect(await page.locator('.graph a').allTextContents()).toEqual(
      expect.arrayContaining(['no livepatch', expect.stringContaining('lp_proc_1'), expect.stringContaining('lp_proc_2')]),
    )
    await page.getByRole('link', { name: 'change', exact: true }).first().click()
    await status(page, 'completed')
  })

  test('a change that is blocked says by what, the worst first, and can no longer be decided on', async () => {
    const digest = await house().submit('lp_proc_1')
    known.second = await house().propose(digest, 'Back')
    const page = await onChange('bob', known.second)
    await status(page, 'blocked')
    await page.locator('.finding').first().waitFor()
    expect(await page.locator('.finding').first().textContent()).toMatch(/^missing-callback block every host/)
    expect(await page.getByRole('button', { name: /Approve|Reject|Abort/ }).count()).toBe(0)
  })

  test('rejecting wants a reason, and ends the change; aborting is asked for twice', async () => {
    const lp3 = await house().submit('lp_proc_3')
    const rejected = await house().propose(lp3, 'Next')
    const carol = await onChange('carol', rejected)
    await press(carol, 'Reject')
    await carol.locator('.decide .error').waitFor()
    await carol.getByLabel('Comment or reason').fill('Not this week')
    await press(carol, 'Reject')
    await status(carol, 'declined')
    await see(carol, 'Carol Conti rejected: Not this week')

    const aborted = await house().propose(lp3, 'Next')
    const alice = await onChange('alice', aborted)
    await alice.getByLabel('Why (abort)').fill(COMMENT)
    await press(alice, 'Abort')
    await status(alice, 'in-review')
    await press(alice, 'No')
    await press(alice, 'Abort')
    await press(alice, /Really abort/)
    await status(alice, 'aborted')
    await see(alice, COMMENT)
  })

  test('an emergency is confirmed by a second person, and its review stays open until somebody else closes it', async () => {
    const breakGlass = { incident: 'INC-7', reason: COMMENT, passes: ['two-people'] }
    const change = await house().propose(await house().submit('lp_proc_3'), 'Now', { breakGlass })
    const bob = await onChange('bob', change)
    await see(bob, /^Emergency INC-7:/)
    await press(bob, 'Confirm the emergency')
    await see(bob, /Confirmed by Bob Brandt\. Its review is open\./)
    await house().platform.ask('control-change', {
      as: 'alice',
      path: { change },
      body: { command: 'abort' },
      headers: { 'if-match': '*' },
    })
    const carol = await onChange('carol', change)
    await status(carol, 'aborted')
    await carol.getByLabel('What came of the emergency’s review').fill(REASON)
    await press(carol, 'Close the review')
    await see(bob, /Its review is closed\./)
    await see(bob, REASON)
  })

  test('stopping everything is asked for twice; what is held stands above every page, and is lifted there', async () => {
    const page = await at('carol', '#/receivers')
    await press(page, 'Stop everything')
    const question = page.getByRole('region', { name: 'Stop everything' })
    expect(await question.getByRole('button', { name: 'Really stop everything' }).isDisabled()).toBe(true)
    await question.getByLabel('Why everything is stopped').fill('Hosts panic <img src=x onerror="window.harmed=1">')
    await press(page, 'Really stop everything')
    const banner = page.getByRole('complementary', { name: 'Holds' })
    await banner.getByText(/Everything held by Carol Conti until .*: Hosts panic <img/).waitFor()
    await question.waitFor({ state: 'detached' })
    await banner.getByRole('button', { name: 'Lift' }).click()
    await banner.getByLabel('Why it is lifted').fill('It was the rack')
    await banner.getByRole('button', { name: 'Lift the hold' }).click()
    await banner.waitFor({ state: 'detached' })
  })

  test('a fleet, a livepatch and a series are held until a time, for a reason, and held longer', async () => {
    const page = await at('alice', '#/holds')
    const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
    for (const [scope, target, shown] of [
      ['fleet', 'edge', 'Fleet edge'],
      ['livepatch', 'lp_proc_2', 'Livepatch lp_proc_2'],
      ['series', 'debian-12-6.1', 'Series debian-12-6.1'],
    ] as const) {
      await page.getByRole('combobox', { name: 'What', exact: true }).selectOption(scope)
      const choice = page.getByRole('combobox', { name: `Which ${scope}` })
      const option = choice.locator('option', { hasText: target }).first()
      await option.waitFor({ state: 'attached' })
      await choice.selectOption((await option.textContent()) ?? '')
      await page.getByLabel('Why, for whoever meets it').fill(REASON)
      if (scope === 'fleet') {
        await page.getByLabel('Until').fill('2099-01-01T00:00')
        await press(page, 'Hold it')
        await see(page, /Let the hold end by/)
      }
      await page.getByLabel('Until').fill(soon)
      await press(page, 'Hold it')
      const item = page.getByRole('listitem').filter({ hasText: shown, has: page.getByRole('button', { name: 'Extend' }) })
      await item.getByText(REASON).waitFor()
      await item.getByRole('button', { name: 'Extend' }).click()
      await item.getByLabel('Why it lasts longer').fill('Still looking')
      await press(page, 'Extend the hold')
      await item.getByText('Extended.').waitFor()
    }
    const { body } = await house().platform.ask('list-holds', { as: 'dave' })
    const held = z.array(z.object({ id: z.string(), scope: z.string(), reason: z.string() })).parse(body['items'])
    expect(held.map(({ scope, reason }) => [scope, reason])).toEqual(['series', 'livepatch', 'fleet'].map(scope => [scope, REASON]))
    for (const { id } of held) await house().platform.ask('lift-hold', { as: 'alice', path: { hold: id }, body: { reason: 'done' } })
  })

  test('a fleet shows what it runs, and what its policies ask for in plain words; a host what it runs', async () => {
    const page = await at('dave', '#/fleets')
    await page.getByRole('link', { name: 'edge' }).click()
    await see(page, /^\d hosts?: lp_proc_2/)
    const words = page.getByRole('region', { name: 'Policies in plain words' })
    await words.getByRole('heading', { name: 'What a release on edge needs' }).waitFor()
    await words.getByText('approvals of two different people', { exact: true }).first().waitFor()
    await words.locator('summary', { hasText: 'four-eyes' }).first().click()
    await words.locator('details[open] pre', { hasText: '@id("four-eyes' }).first().waitFor()
    await page.getByRole('link', { name: 'edge-2' }).click()
    await status(page, 'applied')
    expect(await page.getByRole('button', { name: /Clear/ }).count()).toBe(0)
  })

  test('a stalled transition is shown with what it waits for, and cleared by two clicks of who submitted the livepatch', async () => {
    const host = await stalledHost(house().platform, 'lab.1', known.module2)
    const bob = await at('bob', `#/hosts/${host}`)
    const clear = async (page: Page) => {
      await status(page, 'transition-stalled')
      await page.getByText('reader<img').waitFor()
      await see(page, 'in vmlinux:version_proc_show')
      await page.getByLabel('Why these tasks are safe in either code').fill(REASON)
      await press(page, 'Clear it to be forced')
      expect((await house().platform.ask('show-host', { as: 'dave', path: { host } })).body['cleared']).toBe(null)
      await press(page, `Really let ${host} force it`)
    }
    await clear(bob)
    await bob.locator('.decide .error').waitFor()
    const alice = await at('alice', `#/hosts/${host}`)
    await alice.getByLabel('The leave lasts').fill('2h')
    await clear(alice)
    await see(alice, /^alice gave leave to force the transition of lp_proc_2/)
    const { body } = await house().platform.ask('show-host', { as: 'dave', path: { host } })
    const cleared = z.object({ issuedAt: z.number(), expiresAt: z.number() }).parse(body['cleared'])
    expect(cleared.expiresAt - cleared.issuedAt).toBe(7_200_000)
  })

  test('an edit of the policies is checked before it is proposed, replayed by who decides, and rejected', async () => {
    const alice = await at('alice', '#/policies')
    await alice.getByLabel('File').fill('house/harm.cedar')
    await press(alice, 'Edit it')
    const text = alice.getByLabel('house/harm.cedar')
    expect(await text.inputValue()).toContain('@id("edge-needs-three")')
    await text.fill('permit (')
    await press(alice, 'Check')
    await see(alice, 'It would be refused:')
    expect(await alice.getByRole('button', { name: 'Propose' }).isDisabled()).toBe(true)
    const harm = '<img src=x onerror=window.harmed=1>'
    await text.fill(`@id("harm") @reason("an end to ${harm}")\nforbid (principal, action == Action::"releaseChange", resource);`)
    await press(alice, 'Check')
    await alice.getByRole('region', { name: 'Past changes' }).getByRole('link', { name: known.first }).waitFor()
    await alice.locator('.diff .added', { hasText: `an end to ${harm}` }).waitFor()
    await alice.getByLabel('Why it is edited').fill(REASON)
    await press(alice, 'Propose')
    await see(alice, 'You proposed this edit, so others decide about it.')
    const edit = new URL(alice.url()).hash
    const [bob, carol] = [await at('bob', edit), await at('carol', '#/policies')]
    await press(bob, 'Replay past changes')
    const turned = row(bob, known.first)
    await turned.getByText('released → held back').waitFor()
    await turned.getByText(`an end to ${harm}`).waitFor()
    await bob.getByLabel('Comment or reason').fill(COMMENT)
    await press(bob, 'Approve')
    await see(alice, /^Bob Brandt \(bob\), .*onload/)
    await carol.getByRole('link', { name: REASON }).click()
    await carol.getByLabel('Comment or reason').fill('Not this way')
    await press(carol, 'Reject')
    for (const page of [alice, bob, carol]) await status(page, 'rejected')
    await see(alice, 'Carol Conti rejected it: Not this way')
  })

  test('who is told is shown with what nobody took; a test is sent, and a dead letter sent again', async () => {
    const receiver = await startReceiver()
    leave.push(receiver.stop)
    receiver.answer({ status: 500, body: 'out of order <img src=x onerror="window.harmed=1">' })
    await house().platform.ask('create-receiver', {
      as: 'alice',
      body: { name: 'ops', kind: 'webhook', url: receiver.url, kinds: ['declined'] },
    })
    const page = await at('alice')
    await page.getByRole('link', { name: 'Who is told' }).click()
    await see(page, /127\.0\.0\.1:\d+\/…/)
    expect(await page.content()).not.toContain('very-secret-path')
    await page.getByRole('link', { name: 'ops' }).click()
    await press(page, 'Send a test')
    await page.locator('tbody .status', { hasText: 'dead' }).waitFor()
    await see(page, 'HTTP 500: out of order <img src=x')
    await page.getByLabel('only what nobody took').check()
    receiver.answer({ status: 204 })
    await press(page, 'Send again')
    await see(page, 'Nothing.')
    await page.getByLabel('only what nobody took').uncheck()
    await page.locator('tbody .status', { hasText: 'delivered' }).waitFor()
    expect(receiver.heard.length).toBe(2)
  })

  test('no text of anybody did anything in anyone’s page, and nothing went wrong there', async () => {
    for (const { page, errors } of tabs.values()) expect([await harmed(page), errors]).toEqual([undefined, []])
    expect([...tabs.keys()].sort()).toEqual(['alice', 'bob', 'carol', 'dave'])
  })

  test('logging out forgets the token', async () => {
    const page = await at('bob')
    await press(page, 'Log out')
    await page.getByRole('heading', { name: 'Log in' }).waitFor()
    expect(await page.evaluate(() => sessionStorage.getItem('supersede.session'))).toBe(null)
  })
})
