import { invalid } from '../fault.ts'
import type { Shape } from './shape.ts'

const failuresMax = 10

/** Reads and checks a request; what comes back is typed, and its constraints hold. */
export const readRequest = <Request>(shape: Shape<Request>, body: unknown): Request => {
  const request = shape.read(body)
  const failures: string[] = []
  shape.check(request, '', failures)
  if (failures.length === 0) return request
  const shown = failures.slice(0, failuresMax)
  throw invalid(`${shown.length} validation error${shown.length > 1 ? 's' : ''} detected: ${shown.join('; ')}`)
}
