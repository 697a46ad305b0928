import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { lazily, optional } from './environment.ts'

/** The SDK finds region, credentials and (on one machine) the endpoint in the environment. A function has the tables that it was granted; another's name is empty and refused by the service. */
export const storeOptions = lazily(() => ({
  client: new DynamoDBClient({ maxAttempts: 5 }),
  tables: {
    ledger: optional('LEDGER_TABLE', 'not-granted'),
    catalog: optional('CATALOG_TABLE', 'not-granted'),
    fleet: optional('FLEET_TABLE', 'not-granted'),
    lineage: optional('LINEAGE_TABLE', 'not-granted'),
    notice: optional('NOTICE_TABLE', 'not-granted'),
  },
}))
