/** Enough of a digest to recognise it; commands take it back where it names one livepatch. */
export const shortDigest = (digest: string): string => (/^[0-9a-f]{64}$/.test(digest) ? digest.slice(0, 12) : digest)

/** ISO 8601 to the second, in UTC: what is compared between people in several places. */
export const when = (iso: string): string => iso.replace(/\.\d+Z$/, 'Z')

/** A share in buckets of 1/10,000, in per cent. */
export const percent = (share: number): string => `${Number((share / 100).toFixed(2))} %`

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
