// Writes docs/openapi.json anew: node bootstrap.cjs functions/openapi/write.ts
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { apiText } from './describe-api.ts'

writeFileSync(fileURLToPath(new URL('../../docs/openapi.json', import.meta.url)), apiText())
