import { RemovalPolicy } from 'aws-cdk-lib'
import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { TABLES, type TableName } from '../shared/store/table-schema.ts'

/** The five tables, all under one customer-managed key. */
export class Tables extends Construct {
  readonly byName: ReadonlyMap<TableName, Table>
  readonly key: Key

  constructor(scope: Construct, id: string) {
    super(scope, id)
    this.key = new Key(this, 'Key', { description: 'Supersede tables', enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN })
    const names = Object.keys(TABLES) as TableName[]
    this.byName = new Map(names.map(name => [name, this.#table(name)]))
  }

  /** Not TableV2: that one renders a customer-managed key only where the region is known at synthesis. */
  #table(name: TableName): Table {
    const { partitionKey, sortKey, ...schema } = TABLES[name]
    const string = (attribute: string) => ({ name: attribute, type: AttributeType.STRING })
    const table = new Table(this, `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, {
      partitionKey: string(partitionKey),
      sortKey: string(sortKey),
      ...(schema.ttl ? { timeToLiveAttribute: schema.ttl } : {}),
      // Keys alone: what follows the outbox needs to know that there is something, and reads it from the table.
      ...(name === 'ledger' ? { stream: StreamViewType.KEYS_ONLY } : {}),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    })
    for (const index of schema.indexes) {
      table.addGlobalSecondaryIndex({ indexName: index.name, partitionKey: string(index.partitionKey), sortKey: string(index.sortKey) })
    }
    return table
  }

  /** Stream of the ledger's keys, oldest first. */
  get ledgerStreamArn(): string {
    const arn = this.byName.get('ledger')?.tableStreamArn
    if (!arn) throw new Error('the ledger has a stream')
    return arn
  }
}
