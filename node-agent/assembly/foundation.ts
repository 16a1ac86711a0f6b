/** What every way of running the node stands on: the data folder, its databases and its keys. */
import { chmodSync } from 'node:fs';
import { ApiTokens, TOKEN_MIGRATIONS } from '../api/tokens.ts';
import { USER_MIGRATIONS, Users } from '../api/users.ts';
import { AUDIT_MIGRATIONS, AuditHead } from '../audit/audit-head.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { Catalogue } from '../catalogue/catalogue.ts';
import { CohortQuery } from '../catalogue/cohort.ts';
import { CATALOGUE_MIGRATIONS } from '../catalogue/schema.ts';
import { HUB_MIGRATIONS } from '../hub/schema.ts';
import { CommitmentQueue } from '../intake/commitment/commitment-queue.ts';
import { COMMITMENT_MIGRATIONS } from '../intake/commitment/schema.ts';
import { Knocks } from '../intake/peers/knocks.ts';
import { PeerRegister } from '../intake/peers/peer-register.ts';
import { ReceiverPause } from '../intake/peers/receiver-pause.ts';
import { PEER_MIGRATIONS } from '../intake/peers/schema.ts';
import { Archives } from '../intake/retrieve/archives.ts';
import { RetrieveQueue } from '../intake/retrieve/retrieve-queue.ts';
import { RetrieveRequests } from '../intake/retrieve/retrieve-requests.ts';
import { RETRIEVE_MIGRATIONS } from '../intake/retrieve/schema.ts';
import { IMPORT_MIGRATIONS, ImportRequests } from '../pipeline/import-requests.ts';
import { AssociationRecord } from '../store/association-record.ts';
import { createDataFolder, type DataFolder } from '../store/data-folder.ts';
import { openDatabase, type SqliteDatabase } from '../store/database.ts';
import { LEDGER_MIGRATIONS } from '../store/ledger-schema.ts';
import { ObjectLedger } from '../store/object-ledger.ts';
import { Spool } from '../store/spool.ts';
import { IdentityTable, VAULT_MIGRATIONS } from '../vault/identity-table.ts';
import { Pseudonymiser } from '../vault/pseudonymiser.ts';
import { loadSiteSecret } from '../vault/site-secret.ts';
import { SITE_WORD_MIGRATIONS, SiteWords } from '../vault/site-words.ts';

export interface Foundation {
  readonly folder: DataFolder;
  readonly indexDatabase: SqliteDatabase;
  readonly vaultDatabase: SqliteDatabase;
  readonly siteSecret: Buffer;
  readonly pseudonymiser: Pseudonymiser;
  readonly identities: IdentityTable;
  readonly siteWords: SiteWords;
  readonly audit: AuditLog;
  readonly ledger: ObjectLedger;
  readonly spool: Spool;
  readonly associations: AssociationRecord;
  readonly catalogue: Catalogue;
  readonly cohorts: CohortQuery;
  readonly users: Users;
  readonly tokens: ApiTokens;
  readonly importRequests: ImportRequests;
  readonly peers: PeerRegister;
  readonly knocks: Knocks;
  readonly receiverPause: ReceiverPause;
  readonly archives: Archives;
  readonly retrieveQueue: RetrieveQueue;
  readonly commitmentQueue: CommitmentQueue;
  readonly retrieveRequests: RetrieveRequests;
  close(): void;
}

const INDEX_MIGRATIONS = [
  ...LEDGER_MIGRATIONS,
  ...CATALOGUE_MIGRATIONS,
  ...HUB_MIGRATIONS,
  ...USER_MIGRATIONS,
  ...TOKEN_MIGRATIONS,
  ...AUDIT_MIGRATIONS,
  ...PEER_MIGRATIONS,
];
const VAULT_DATABASE_MIGRATIONS = [
  ...VAULT_MIGRATIONS,
  ...IMPORT_MIGRATIONS,
  ...RETRIEVE_MIGRATIONS,
  ...COMMITMENT_MIGRATIONS,
  ...SITE_WORD_MIGRATIONS,
];

/** @throws StartUpError when a database or the site secret is missing, damaged or open to others */
export function openFoundation(root: string): Foundation {
  const folder = createDataFolder(root);
  const vaultDatabase = openDatabase(folder.vaultDatabase, VAULT_DATABASE_MIGRATIONS);
  const indexDatabase = openDatabase(folder.indexDatabase, INDEX_MIGRATIONS);
  for (const file of [folder.vaultDatabase, folder.indexDatabase]) chmodSync(file, 0o600);
  const siteSecret = loadSiteSecret(folder.keys, { mayCreate: IdentityTable.isEmpty(vaultDatabase) });
  const spool = new Spool(folder);
  const ledger = new ObjectLedger(indexDatabase);
  const audit = new AuditLog(folder.audit, new AuditHead(indexDatabase));
  return {
    folder,
    indexDatabase,
    vaultDatabase,
    siteSecret,
    pseudonymiser: new Pseudonymiser(siteSecret),
    identities: new IdentityTable(vaultDatabase, siteSecret),
    siteWords: new SiteWords(vaultDatabase, { siteSecret, pseudonymiser: new Pseudonymiser(siteSecret) }),
    audit,
    ledger,
    spool,
    associations: new AssociationRecord(indexDatabase),
    catalogue: new Catalogue(indexDatabase),
    cohorts: new CohortQuery(indexDatabase),
    users: new Users(indexDatabase),
    tokens: new ApiTokens(indexDatabase, audit),
    importRequests: new ImportRequests(vaultDatabase, siteSecret),
    peers: new PeerRegister(indexDatabase, audit),
    knocks: new Knocks(indexDatabase),
    receiverPause: new ReceiverPause(indexDatabase, audit),
    archives: new Archives(vaultDatabase),
    retrieveQueue: new RetrieveQueue(vaultDatabase, siteSecret, new Pseudonymiser(siteSecret)),
    commitmentQueue: new CommitmentQueue(vaultDatabase, siteSecret, new Pseudonymiser(siteSecret)),
    retrieveRequests: new RetrieveRequests(vaultDatabase, siteSecret),
    close: () => {
      audit.close();
      spool.close();
      ledger.close();
      indexDatabase.close();
      vaultDatabase.close();
    },
  };
}
