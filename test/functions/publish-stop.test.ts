import { beforeEach, describe, expect, test } from '@jest/globals'
import { publishStop } from '../../functions/directive/publish-stop.ts'
import type { Ports } from '../../functions/ports.ts'
import { SignedStopOrder, STOP_ORDER_KEY, verifyStopOrder } from '../../shared/rollout/index.ts'
import { openHouse } from './house.ts'

const house = openHouse()

const copied = (): SignedStopOrder | null => {
  const bytes = house.objects.get(STOP_ORDER_KEY)
  return bytes ? SignedStopOrder.parse(JSON.parse(Buffer.from(bytes).toString())) : null
}
const newest = async (): Promise<number> => (await house.store.fleets.stopOrder())?.order.version ?? 0

let before = 0
beforeEach(async () => {
  before = await newest()
})

describe('a stop', () => {
  test('is kept, signed as hosts check it, and lies where they fetch it', async () => {
    const order = await publishStop(house.ports, { stopped: true, reason: 'hosts panic' })
    expect(order).toMatchObject({ version: before + 1, stopped: true, reason: 'hosts panic', scope: 'everything' })
    expect(await house.store.fleets.stopOrder()).toEqual(copied())
    expect(verifyStopOrder(copied(), { keys: house.directiveKeys, last: null })).toMatchObject({ ok: true, order })
  })

  test('is lifted by a newer order', async () => {
    await publishStop(house.ports, { stopped: true, reason: 'hosts panic' })
    await publishStop(house.ports, { stopped: false, reason: 'mended' })
    expect(copied()?.order).toMatchObject({ version: before + 2, stopped: false, reason: 'mended' })
  })

  test('by two people at once is said twice, one after the other', async () => {
    const orders = await Promise.all(['a', 'b', 'c'].map(reason => publishStop(house.ports, { stopped: true, reason })))
    expect(orders.map(({ version }) => version).sort()).toEqual([before + 1, before + 2, before + 3])
    expect(copied()?.order.version).toBe(before + 3)
  })

  test('that is slow to be copied never stays over a newer one', async () => {
    let late: (() => Promise<unknown>) | null = () => publishStop(house.ports, { stopped: false, reason: 'newer' })
    const put: Ports['objects']['put'] = async (key, bytes, type) => {
      const meanwhile = late
      late = null
      await meanwhile?.()
      return house.ports.objects.put(key, bytes, type)
    }
    await publishStop({ ...house.ports, objects: { ...house.ports.objects, put } }, { stopped: true, reason: 'older' })
    expect(copied()?.order).toMatchObject({ version: before + 2, reason: 'newer' })
  })

  test('and a fleet are never confused: no fleet may have its name', async () => {
    const answer = await house.ask('create-fleet', { as: 'alice', body: { id: 'stop' } })
    expect(answer).toMatchObject({ status: 422 })
  })
})
