import { jsonLog, type Log } from '../log.ts'
import { newId } from '../new-id.ts'
import { optional } from './environment.ts'

/** Clock, ids and the log: the parts of the world that every function has. */
export const now = (): number => Date.now()
export const log: Log = jsonLog(optional('LOG_LEVEL', 'info'), optional('AWS_LAMBDA_FUNCTION_NAME', 'supersede'), line => {
  process.stdout.write(line)
})
export const around = { log, now, newId }
