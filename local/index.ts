export type { Person } from './issuer/issuer.ts'
export { openPlatform, type Platform, type PlatformOptions } from './platform.ts'
export { isRunning } from './running-process.ts'
