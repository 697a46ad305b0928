declare module 'asl-validator' {
  type Options = { readonly checkPaths?: boolean; readonly checkArn?: boolean }
  const validate: (
    definition: unknown,
    options?: Options,
  ) => { readonly isValid: boolean; readonly errorsText: (separator?: string) => string }
  export default validate
}
