import { describe, expect, test } from '@jest/globals'
import { readModule } from '../../shared/livepatch/index.ts'
import { bad, badList } from './module-files.ts'

type Outcome = { refused: string } | { status: string; warning: string | null }

/**
 * What is answered for each file. Where this differs from the judgement in bad.json, the line says why; `outcome` there is reject for a
 * refusal, degrade for a warning, accept for an answer with or without one.
 */
const ANSWERS: Record<string, Outcome> = {
  '01_empty.ko': { refused: 'empty' },
  '02_short_header.ko': { refused: 'truncated' },
  '04_class32.ko': { refused: 'unsupported-class' },
  '05_wrong_endian.ko': { refused: 'bad-byte-order' },
  '07_et_dyn.ko': { refused: 'not-relocatable' },
  '08_shoff_wrap.ko': { refused: 'section-table-outside-file' },
  '10_shentsize0.ko': { refused: 'bad-section-header-size' },
  '11_shstrndx.ko': { refused: 'no-section-names' },
  '13_truncated_tail.ko': { refused: 'section-table-outside-file' },
  '14_data_off_2e63.ko': { refused: 'section-outside-file' },
  '16_bss_exabyte.ko': { status: 'static', warning: 'huge-nobits' },
  '17_data_nobits.ko': { status: 'static', warning: 'relocations-into-nobits' },
  '19_rela_entsize0.ko': { refused: 'bad-relocation-table' },
  '20_symtab_ragged.ko': { refused: 'bad-symbol-table' },
  '22_rela_info.ko': { status: 'dynamic', warning: 'ignored-relocations' },
  '23_rela_self.ko': { status: 'dynamic', warning: 'ignored-relocations' },
  // The judgement says "no livepatch key". But the moved section still covers the bytes of `livepatch=Y`, and the kernel, which walks the
  // strings as we do, finds it. What it no longer covers is vermagic, so no manifest can come of it.
  '25_modinfo_over_header.ko': { status: 'static', warning: 'overlap' },
  '26_shstrtab_short.ko': { refused: 'bad-section-names' },
  '28_rela_symidx.ko': { status: 'malformed', warning: 'bad-pointer' },
  '29_objs_negative.ko': { status: 'malformed', warning: 'bad-pointer' },
  '31_objs_self.ko': { status: 'malformed', warning: 'bad-record' },
  '32_funcs_self.ko': { status: 'malformed', warning: 'bad-record' },
  '34_name_unterminated.ko': { status: 'malformed', warning: 'unterminated-string' },
  '35_funcs_no_terminator.ko': { status: 'malformed', warning: 'unterminated' },
  '37_mod_wrong_symbol.ko': { status: 'dynamic', warning: 'foreign-owner' },
  '38_reloc_type_32s.ko': { status: 'malformed', warning: 'bad-pointer' },
  '40_inplace_garbage.ko': { status: 'static', warning: 'in-place-bytes' },
  '41_raw_pointer.ko': { status: 'malformed', warning: 'raw-pointer' },
  '43_modinfo_escape.ko': { status: 'static', warning: null },
  '44_livepatch_n.ko': { status: 'static', warning: 'odd-livepatch-tag' },
  '46_klpsym_bigpos.ko': { status: 'static', warning: null },
  '47_klprela_noobj.ko': { status: 'static', warning: 'malformed-section-name' },
  '49_kpatch_ragged.ko': { status: 'tables', warning: 'ragged-table' },
  '50_klpbuild_nrfuncs.ko': { status: 'malformed', warning: 'bad-count' },
  '52_siglen_le.ko': { status: 'static', warning: 'malformed-signature' },
  '53_siglen_eats_elf.ko': { refused: 'truncated' },
  '55_magic_not_last.ko': { status: 'static', warning: 'signature-not-at-end' },
  '56_magic_only.ko': { status: 'static', warning: 'malformed-signature' },
  '58_gzip_cut.ko.gz': { refused: 'truncated-stream' },
  '59_gzip_crc.ko.gz': { refused: 'bad-checksum' },
  '61_xz_cut.ko.xz': { refused: 'truncated-stream' },
  '62_zst_window.ko.zst': { refused: 'window-limit' },
  '64_gzip_of_gzip.ko.gz': { refused: 'nested-container' },
  '65_zstd_bomb.ko.zst': { refused: 'output-limit' },
}

const answer = (file: string) => readModule(bad(file), { file })
const objectsOf = (file: string) => {
  const result = answer(file)
  return result.ok ? result.module.patch.objects : 'refused'
}

describe('damaged and hostile modules', () => {
  test('every bad file has its answer', () => {
    expect(badList().map(({ file }) => file)).toEqual(Object.keys(ANSWERS))
  })

  test.each(badList())('$file: $wrong', ({ file, outcome }) => {
    const want = ANSWERS[file]
    const got = answer(file)
    if (!got.ok) {
      expect(want).toEqual({ refused: got.error.code })
      expect(outcome).toBe('reject')
      expect(got.error).toEqual({
        code: expect.any(String),
        section: expect.any(String),
        offset: expect.any(Number),
        reason: expect.stringMatching(/\w/),
      })
      return
    }
    const warnings = got.warnings.map(({ code }) => code)
    expect(want).toEqual({
      status: got.module.patch.status,
      warning: want && 'warning' in want && want.warning && warnings.includes(want.warning) ? want.warning : null,
    })
    expect(outcome).not.toBe('reject')
  })

  test('where not one record can be read, the objects are unknown, which is not none', () => {
    for (const file of ['28_rela_symidx.ko', '29_objs_negative.ko', '31_objs_self.ko', '32_funcs_self.ko', '38_reloc_type_32s.ko'])
      expect([file, objectsOf(file)]).toEqual([file, null])
  })

  test('what stands in front of the damage is shown, and marked', () => {
    expect(objectsOf('35_funcs_no_terminator.ko')).toMatchObject([
      { name: null, kind: 'vmlinux', functions: [{ oldName: 'cmdline_proc_show' }], broken: expect.stringContaining('terminator') },
    ])
    expect(objectsOf('34_name_unterminated.ko')).toMatchObject([{ functions: [{ oldName: null, newName: 'fx_cmdline' }] }])
    expect(objectsOf('50_klpbuild_nrfuncs.ko')).toMatchObject([{ functions: { length: 3 } }, { name: 'amdgpu' }])
    expect(objectsOf('49_kpatch_ragged.ko')).toMatchObject([
      { functions: [{ oldName: 'kp_target_one' }, { oldName: 'kp_target_two' }] },
      {},
      {},
    ])
  })

  test('a raw number in place of the name does not make an object vmlinux', () => {
    expect(objectsOf('41_raw_pointer.ko')).toMatchObject([{ name: null, kind: 'unknown' }])
  })

  test('a position above 2^53 keeps its digits', () => {
    const result = answer('46_klpsym_bigpos.ko')
    expect(result.ok && JSON.stringify(result.module.klpRelocations)).toContain('"sympos":"999999999999"')
  })

  test('an answer to a hostile author field is JSON without raw control characters', () => {
    const result = answer('43_modinfo_escape.ko')
    expect(JSON.stringify(result)).not.toMatch(/[\u0000-\u001f]/)
  })
})
