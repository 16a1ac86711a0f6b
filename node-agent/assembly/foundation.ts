/** What every way of running the node stands on: the data folder, its databases and its keys. */
import { chmodSync } from 'node:fs';
import { ApiTokens, TOKEN_MIGRATIONS } from '../api/tokens.ts';
import { USER_MIGRATIONS, Users } from '../api/users.ts';
import { AUDIT_MIGRATIONS, AuditHead } from '../audit/audit-head.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { Catalogue } from '../catalogue/catalogue.ts';
import { ClinicalStore } from '../catalogue/clinical/clinical-store.ts';
import { CohortQuery } from '../catalogue/cohort.ts';
import { CATALOGUE_MIGRATIONS } from '../catalogue/schema.ts';
import { SavedQueries } from '../catalogue/search/saved-queries.ts';
import { TableShelf } from '../harmonise/tables/table-shelf.ts';
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
import { MATERIALISE_MIGRATIONS } from '../materialise/schema.ts';
import { IMPORT_MIGRATIONS, ImportRequests } from '../pipeline/import-requests.ts';
import { AssociationRecord } from '../store/association-record.ts';
import { createDataFolder, type DataFolder } from '../store/data-folder.ts';
import { openDatabase, type SqliteDatabase } from '../store/database.ts';
import { LEDGER_MIGRATIONS } from '../store/ledger-schema.ts';
import { ObjectLedger } from '../store/object-ledger.ts';
import { Spool } from '../store/spool.ts';
import { ClinicalRecordsOfVault } from '../vault/clinical-records.ts';
import { IdentifiedStudies } from '../vault/identified-studies.ts';
import { IdentityTable } from '../vault/identity-table.ts';
import { type Keyring, openKeyring } from '../vault/keyring.ts';
import { OptOuts } from '../vault/opt-outs.ts';
import type { Pseudonymiser } from '../vault/pseudonymiser.ts';
import { Reidentifications } from '../vault/reidentifications.ts';
import { VAULT_MIGRATIONS } from '../vault/schema.ts';
import { SITE_WORD_MIGRATIONS, SiteWords } from '../vault/site-words.ts';
import { SOURCE_NAME_MIGRATIONS, SourceNames } from '../vault/source-names.ts';
import { StudyIdList } from '../vault/study-id-list.ts';

export interface Foundation {
  readonly folder: DataFolder;
  readonly indexDatabase: SqliteDatabase;
  readonly vaultDatabase: SqliteDatabase;
  readonly keyring: Keyring;
  /** Of the first epoch: the fingerprints of the ledger stay the same for ever. */
  readonly pseudonymiser: Pseudonymiser;
  readonly identities: IdentityTable;
  readonly studyIds: StudyIdList;
  readonly studies: IdentifiedStudies;
  readonly clinicalRecords: ClinicalRecordsOfVault;
  readonly optOuts: OptOuts;
  readonly reidentifications: Reidentifications;
  readonly siteWords: SiteWords;
  readonly sourceNames: SourceNames;
  readonly audit: AuditLog;
  readonly ledger: ObjectLedger;
  readonly spool: Spool;
  readonly associations: AssociationRecord;
  readonly catalogue: Catalogue;
  readonly cohorts: CohortQuery;
  readonly tableShelf: TableShelf;
  readonly savedQueries: SavedQueries;
  readonly clinical: ClinicalStore;
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
  ...MATERIALISE_MIGRATIONS,
];
export const VAULT_DATABASE_MIGRATIONS = [
  ...VAULT_MIGRATIONS,
  ...IMPORT_MIGRATIONS,
  ...RETRIEVE_MIGRATIONS,
  ...COMMITMENT_MIGRATIONS,
  ...SITE_WORD_MIGRATIONS,
  ...SOURCE_NAME_MIGRATIONS,
];

/** @throws StartUpError when a database or a site secret is missing, damaged, open to others or the wrong one */
export function openFoundation(root: string): Foundation {
  const folder = createDataFolder(root);
  const vaultDatabase = openDatabase(folder.vaultDatabase, VAULT_DATABASE_MIGRATIONS);
  const indexDatabase = openDatabase(folder.indexDatabase, INDEX_MIGRATIONS);
  for (const file of [folder.vaultDatabase, folder.indexDatabase]) chmodSync(file, 0o600);
  const keyring = openKeyring(folder.keys, vaultDatabase);
  const { pseudonymiser, secret } = keyring.first;
  const identities = new IdentityTable(vaultDatabase, keyring);
  identities.complete();
  const studyIds = new StudyIdList(vaultDatabase, keyring, identities);
  const catalogue = new Catalogue(indexDatabase);
  catalogue.completeSearch();
  const spool = new Spool(folder);
  const ledger = new ObjectLedger(indexDatabase);
  const audit = new AuditLog(folder.audit, new AuditHead(indexDatabase));
  return {
    folder,
    indexDatabase,
    vaultDatabase,
    keyring,
    pseudonymiser,
    identities,
    studyIds,
    studies: new IdentifiedStudies(vaultDatabase, secret),
    clinicalRecords: new ClinicalRecordsOfVault(vaultDatabase, secret),
    optOuts: new OptOuts(vaultDatabase, keyring, identities, studyIds),
    reidentifications: new Reidentifications(vaultDatabase, identities, audit),
    sourceNames: new SourceNames(vaultDatabase, secret),
    siteWords: new SiteWords(vaultDatabase, { siteSecret: secret, pseudonymiser }),
    audit,
    ledger,
    spool,
    associations: new AssociationRecord(indexDatabase),
    catalogue,
    cohorts: new CohortQuery(indexDatabase),
    tableShelf: new TableShelf(folder.vocabularies),
    savedQueries: new SavedQueries(indexDatabase),
    clinical: new ClinicalStore(indexDatabase),
    users: new Users(indexDatabase),
    tokens: new ApiTokens(indexDatabase, audit),
    importRequests: new ImportRequests(vaultDatabase, secret),
    peers: new PeerRegister(indexDatabase, audit),
    knocks: new Knocks(indexDatabase),
    receiverPause: new ReceiverPause(indexDatabase, audit),
    archives: new Archives(vaultDatabase),
    retrieveQueue: new RetrieveQueue(vaultDatabase, secret, pseudonymiser),
    commitmentQueue: new CommitmentQueue(vaultDatabase, secret, pseudonymiser),
    retrieveRequests: new RetrieveRequests(vaultDatabase, secret),
    close: () => {
      audit.close();
      spool.close();
      ledger.close();
      indexDatabase.close();
      vaultDatabase.close();
    },
  };
}
