/** What a report takes of a detail (shared/fleet/report.ts). */
const DETAIL_MAX = 500

export const refusalOf = <Code extends string>(code: Code, detail: string): { readonly code: Code; readonly detail: string } => ({
  code,
  detail: detail.slice(0, DETAIL_MAX),
})
