/** What a data folder shows to somebody who looks at it from outside: ledger rows, files, and whether they agree. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { AuditHead } from '../../node-agent/audit/audit-head.ts';
import { type AuditVerdict, verifyAuditFolder } from '../../node-agent/audit/audit-log.ts';
import { openDatabaseReadOnly } from '../../node-agent/store/database.ts';
import { Pseudonymiser } from '../../node-agent/vault/pseudonymiser.ts';

export interface EvidenceRow {
  readonly objectId: string;
  readonly state: string;
  readonly cause: string | null;
  readonly detail: string | null;
  readonly instanceKey: string;
  readonly contentHash: string;
  readonly resends: number;
  /** Where the index says the de-identified object is, relative to the data folder. */
  readonly file: string | null;
}

const ROWS = `SELECT objects.object_id AS objectId, state, cause, detail, instance_key AS instanceKey,
  objects.content_hash AS contentHash, resends, instances.file AS file
  FROM objects LEFT JOIN instances ON instances.object_id = objects.object_id ORDER BY objects.object_id`;

/** All rows of the ledger with the place the index gives each. */
export function ledgerRows(dataFolder: string): EvidenceRow[] {
  const database = openDatabaseReadOnly(join(dataFolder, 'index.db'));
  try {
    return database.prepare(ROWS).all() as EvidenceRow[];
  } finally {
    database.close();
  }
}

/** The pseudonyms of this data folder, derived as the node derives them. */
export function pseudonymiserOf(dataFolder: string): Pseudonymiser {
  return new Pseudonymiser(Buffer.from(readFileSync(join(dataFolder, 'keys', 'site-secret'), 'utf8').trim(), 'hex'));
}

/** Files below a folder, relative to it, sorted; nothing when it does not exist. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

/** Everything in which the ledger, the index and the files of a settled node disagree, as sentences. */
export function disagreements(dataFolder: string): string[] {
  const rows = ledgerRows(dataFolder);
  const found: string[] = [];
  const report = (where: string, expected: readonly string[], actual: readonly string[]): void => {
    const [wanted, there] = [new Set(expected), new Set(actual)];
    for (const name of wanted) if (!there.has(name)) found.push(`${where}: ${name} is missing`);
    for (const name of there) if (!wanted.has(name)) found.push(`${where}: ${name} belongs to nothing`);
  };
  const named = (...states: string[]): string[] =>
    rows.filter(({ state }) => states.includes(state)).map(({ objectId }) => `${objectId}.dcm`);
  const indexed = rows.filter(({ state }) => state === 'indexed');
  for (const { objectId, file } of indexed) if (file === null) found.push(`index: ${objectId} has no instance`);
  for (const { objectId, state, file } of rows)
    if (file !== null && state !== 'indexed') found.push(`index: ${objectId} is ${state} and has an instance`);
  report('spool', named('received', 'processing'), filesBelow(join(dataFolder, 'spool')));
  report('quarantine', named('quarantined', 'excluded'), filesBelow(join(dataFolder, 'quarantine')));
  report(
    'objects',
    indexed.flatMap(({ file }) => (file === null ? [] : [relative('objects', file)])),
    filesBelow(join(dataFolder, 'objects')),
  );
  const audit = auditVerdict(dataFolder);
  if (!audit.intact) found.push(audit.sentence);
  return found;
}

/** The audit log against how far the index says it had come. */
export function auditVerdict(dataFolder: string): AuditVerdict {
  const database = openDatabaseReadOnly(join(dataFolder, 'index.db'));
  try {
    return verifyAuditFolder(join(dataFolder, 'audit'), new AuditHead(database).read());
  } finally {
    database.close();
  }
}

/** Where the de-identified copy of an original is; throws when it is not indexed. */
export function outputOf(dataFolder: string, sopInstanceUid: string): string {
  const name = `${pseudonymiserOf(dataFolder).uid(sopInstanceUid)}.dcm`;
  const file = filesBelow(join(dataFolder, 'objects')).find((candidate) => basename(candidate) === name);
  if (file === undefined) throw new Error('The object has no de-identified copy.');
  return join(dataFolder, 'objects', file);
}
