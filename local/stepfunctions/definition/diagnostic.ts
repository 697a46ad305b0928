export type Diagnostic = {
  readonly severity: 'ERROR'
  readonly code: string
  readonly message: string
  /** A path into the definition; empty where there is none. */
  readonly location: string
}
export type Complain = (diagnostic: Diagnostic) => unknown

export const failed = (message: string, location: string): Diagnostic => ({
  severity: 'ERROR',
  code: 'SCHEMA_VALIDATION_FAILED',
  message,
  location,
})

export const missingTarget = (message: string, location: string): Diagnostic => ({
  severity: 'ERROR',
  code: 'MISSING_TRANSITION_TARGET',
  message,
  location,
})

/** As it stands inside the message of an InvalidDefinition error. */
export const sentence = ({ code, message, location }: Diagnostic): string =>
  location === '' ? `${code}: ${message}` : `${code}: ${message} at ${location}`
