import { describe, expect, test } from '@jest/globals'
import { noteDeployment } from '../../functions/note-deployment.ts'
import { policyInForce } from '../../functions/policy-in-force.ts'
import type { PolicyTexts } from '../../shared/policy/index.ts'
import { openHouse } from '../functions/house.ts'
import { houseFiles } from '../policy/house-policies.ts'

const house = openHouse()

/** What runs from now on brings these policies with it. */
const deploy = async (floor: PolicyTexts) => {
  const policy = policyInForce(
    () => floor,
    () => house.ports.policies,
  )
  await policy.refresh()
  return () => noteDeployment({ ...house.ports, policy })
}
const noted = async () => (await house.ask('show-policies', { as: 'dave' })).body['deployments']

const LOOSER = { ...houseFiles, settings: JSON.stringify({ tiers: { edge: 'production' } }) }

describe('a deployment that brings other policies', () => {
  test('is written down as what was deployed before and since, and which files differ; once, by however many', async () => {
    const first = await deploy(houseFiles)
    await Promise.all([first(), first(), first()])
    await first()
    expect(await noted()).toMatchObject([{ from: null, changed: expect.arrayContaining(['release.cedar', 'settings.json', 'schema']) }])
    house.time += 60_000
    const second = await deploy(LOOSER)
    for (const _ of [1, 2]) await second()
    const [newer, older, ...none] = [await noted()].flat() as { readonly to: string }[]
    expect(none).toEqual([])
    expect(newer).toMatchObject({ from: older?.to, changed: ['settings.json'], at: new Date(house.time).toISOString() })
  })

  test('is in the history, by the lifecycle and on its leave; taken back, it is another one', async () => {
    house.time += 60_000
    await (await deploy(houseFiles))()
    const [back, , first] = [await noted()].flat() as { readonly to: string }[]
    expect(back?.to).toBe(first?.to)
    const { body } = await house.ask('list-history', { as: 'dave', query: { actor: 'supersede' } })
    expect(body['items']).toContainEqual(
      expect.objectContaining({
        stream: 'policy#deployed',
        policies: ['lifecycle-runs'],
        events: [expect.objectContaining({ type: 'policies-deployed', changed: ['settings.json'] })],
      }),
    )
  })
})
