/** JSON values as the service sees them. The engine itself mostly moves JSON *text*, so that numbers and key order pass through untouched. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isJsonArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

/** The value of a JSON text, or the parser's sentence about what is wrong with it. */
export const parseJson = (text: string): { ok: true; value: Json } | { ok: false; message: string } => {
  try {
    const value: Json = JSON.parse(text)
    return { ok: true, value }
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) }
  }
}

/** Only own properties count, so that a definition's key can never reach a prototype. */
export const own = (object: JsonObject, key: string): Json | undefined => (Object.hasOwn(object, key) ? object[key] : undefined)

/** Bytes of the UTF-8 form: the unit of the service's payload quota. */
export const utf8Bytes = (text: string): number => Buffer.byteLength(text, 'utf8')
