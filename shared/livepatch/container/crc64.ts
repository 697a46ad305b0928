/** CRC-64/XZ (ECMA-182, reflected), as two 32-bit halves: BigInt would cost a hundred times as much. */
const POLYNOMIAL_HIGH = 0xc96c5795
const POLYNOMIAL_LOW = 0xd7870f42

const TABLE = (() => {
  const table = new Uint32Array(512)
  for (let byte = 0; byte < 256; byte += 1) {
    let [high, low] = [0, byte]
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = low & 1
      low = ((low >>> 1) | (high << 31)) >>> 0
      high >>>= 1
      if (carry) [high, low] = [(high ^ POLYNOMIAL_HIGH) >>> 0, (low ^ POLYNOMIAL_LOW) >>> 0]
    }
    table[byte * 2] = high
    table[byte * 2 + 1] = low
  }
  return table
})()

export const crc64 = (bytes: Uint8Array): bigint => {
  let [high, low] = [0xffff_ffff, 0xffff_ffff]
  for (const byte of bytes) {
    const index = ((low ^ byte) & 0xff) * 2
    low = ((low >>> 8) | (high << 24)) ^ (TABLE[index + 1] ?? 0)
    high = (high >>> 8) ^ (TABLE[index] ?? 0)
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0)
}
