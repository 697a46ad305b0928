import { expect, test } from '@jest/globals'
import { readModule } from '../../shared/livepatch/index.ts'
import { built } from './module-files.ts'

const SECTION_HEADER_BYTES = 64

/** The module with one section called NULL, and its bytes far outside of the file: the kernel would not check where a loaded one lies. */
const withoutType = (module: Uint8Array, index: number): Uint8Array => {
  const bent = Uint8Array.from(module)
  const view = new DataView(bent.buffer)
  const header = Number(view.getBigUint64(40, true)) + index * SECTION_HEADER_BYTES
  view.setUint32(header + 4, 0, true)
  view.setBigUint64(header + 24, 0xff_ff00n, true)
  return bent
}

test('a section of type NULL that lies outside of the file is refused where it would be loaded, and read in none', () => {
  const module = built('two_objects')
  const sections = new DataView(Uint8Array.from(module).buffer).getUint16(60, true)
  const answers = Array.from({ length: sections - 1 }, (_, index) => readModule(withoutType(module, index + 1)))
  const codes = answers.map(answer => (answer.ok ? answer.module.patch.status : answer.error.code))
  expect(codes).toContain('section-outside-file')
  expect(codes).toHaveLength(sections - 1)
})
