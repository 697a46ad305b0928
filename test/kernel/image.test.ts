import { expect, test } from '@jest/globals'
import { imageOf } from '../../shared/kernel/index.ts'
import { Manifest } from '../../shared/livepatch/index.ts'

test('the image of a livepatch has the callbacks that its manifest names, and pre_patch succeeds', () => {
  const functions = [{ name: 'f', sympos: '0' }]
  const objects = [
    { name: null, functions, callbacks: { pre_patch: 'p', post_unpatch: null } },
    { name: 'm', functions, callbacks: {} },
  ]
  const manifest = Manifest.pick({ name: true, replace: true, states: true, objects: true }).parse({
    name: 'lp',
    replace: true,
    states: [{ id: '1', version: 2 }],
    objects,
  })
  expect(imageOf(manifest as Manifest)).toEqual({
    kind: 'livepatch',
    name: 'lp',
    replace: true,
    states: [{ id: '1', version: 2 }],
    objects: [
      { name: null, functions, callbacks: { pre_patch: 0, post_unpatch: true } },
      { name: 'm', functions, callbacks: {} },
    ],
  })
})
