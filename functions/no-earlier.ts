import type { Loaded } from '../shared/store/index.ts'
import type { Ports } from './ports.ts'

/**
 * Ports whose clock is not behind the newest commit of a change. What had ended when that was written (a delegation, an approval, a hold, the
 * time to confirm an emergency) does not come back to life where a clock is set back, or another machine's is behind.
 */
export const noEarlier = <P extends Pick<Ports, 'now'>>(ports: P, { at }: Loaded): P => ({
  ...ports,
  now: () => Math.max(ports.now(), Date.parse(at)),
})
