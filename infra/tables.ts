import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { TABLES, type TableName } from '../shared/store/table-schema.ts'

/** The four tables, all under one customer-managed key. */
export class Tables extends Construct {
  readonly byName: Readonly<Record<TableName, TableV2>>

  constructor(scope: Construct, id: string) {
    super(scope, id)
    const key = new Key(this, 'Key', { description: 'Supersede tables', enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN })
    const names = Object.keys(TABLES) as TableName[]
    this.byName = Object.fromEntries(names.map(name => [name, this.#table(name, key)])) as Record<TableName, TableV2>
  }

  #table(name: TableName, key: Key): TableV2 {
    const schema = TABLES[name]
    const string = (attribute: string) => ({ name: attribute, type: AttributeType.STRING })
    return new TableV2(this, name[0]?.toUpperCase() + name.slice(1), {
      partitionKey: string(schema.partitionKey),
      sortKey: string(schema.sortKey),
      globalSecondaryIndexes: schema.indexes.map(index => ({
        indexName: index.name,
        partitionKey: string(index.partitionKey),
        sortKey: string(index.sortKey),
      })),
      ...(schema.ttl ? { timeToLiveAttribute: schema.ttl } : {}),
      billing: Billing.onDemand(),
      encryption: TableEncryptionV2.customerManagedKey(key),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }
}
