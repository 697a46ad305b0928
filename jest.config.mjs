export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/strip-types.mjs' },
  transformIgnorePatterns: ['/node_modules/'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.supersede'],
  coverageProvider: 'v8',
  testSequencer: '<rootDir>/test/slow-first.mjs',
  testTimeout: 60_000,
}
