/** The PACS nodes that studies are fetched from. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import cron from 'node-cron';
import type { SqliteDatabase } from '../../store/database.ts';
import { parsePeerAddress } from '../peers/address.ts';
import type { Peer, PeerSource } from '../peers/peer.ts';
import type { RemoteNode } from './dimse-client.ts';
import { DimseFailure } from './dimse-failure.ts';

export interface Archive {
  readonly tag: string;
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly callingAeTitle: string;
  /** PEM file with the certificate authorities; no TLS where null. */
  readonly certificateAuthorities: string | null;
  readonly way: 'move' | 'get';
  readonly studiesPerHour: number | null;
  readonly concurrentStudies: number;
  /** Cron expressions, local time: the minutes in which a transfer may begin. Any minute where empty. */
  readonly windows: readonly string[];
  readonly enabled: boolean;
}

/** An archive or a request that cannot be as it was given. */
export class RetrieveError extends Error {
  override readonly name = 'RetrieveError';
}

const COLUMNS = `tag, ae_title AS aeTitle, host, port, calling_ae_title AS callingAeTitle,
  certificate_authorities AS certificateAuthorities, way, studies_per_hour AS studiesPerHour,
  concurrent_studies AS concurrentStudies, windows, enabled`;
const SQL = {
  save: `INSERT INTO archives VALUES (@tag, @aeTitle, @host, @port, @callingAeTitle, @certificateAuthorities, @way,
      @studiesPerHour, @concurrentStudies, @windows, @enabled)
    ON CONFLICT (tag) DO UPDATE SET ae_title = @aeTitle, host = @host, port = @port, calling_ae_title = @callingAeTitle,
      certificate_authorities = @certificateAuthorities, way = @way, studies_per_hour = @studiesPerHour,
      concurrent_studies = @concurrentStudies, windows = @windows, enabled = @enabled`,
  list: `SELECT ${COLUMNS} FROM archives ORDER BY tag`,
  find: `SELECT ${COLUMNS} FROM archives WHERE tag = ?`,
  inUse: 'SELECT 1 FROM retrieve_studies WHERE archive = ? LIMIT 1',
  remove: 'DELETE FROM archives WHERE tag = ?',
} as const;

/** PS3.5 table 6.2-1, VR AE: 16 characters without backslash and control characters. */
const AE_TITLE = /^[ -[\]-~]{1,16}$/;
const TAG = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/;

type Row = Omit<Archive, 'windows' | 'enabled'> & { windows: string; enabled: number };

export class Archives implements PeerSource {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  list(): Archive[] {
    return (this.#database.prepare(SQL.list).all() as Row[]).map(archiveOf);
  }

  /** @throws RetrieveError */
  get(tag: string): Archive {
    const row = this.#database.prepare(SQL.find).get(tag) as Row | undefined;
    if (!row)
      throw new RetrieveError('There is no archive with this tag. "gatehouse pacs list" shows those there are.');
    return archiveOf(row);
  }

  /** Adds an archive, or changes the one with the same tag. @throws RetrieveError */
  save(archive: Archive): void {
    const objection = objectionTo(archive);
    if (objection) throw new RetrieveError(objection);
    this.#database
      .prepare(SQL.save)
      .run({ ...archive, windows: JSON.stringify(archive.windows), enabled: archive.enabled ? 1 : 0 });
  }

  /** @throws RetrieveError while the queue names the archive: its history would lose its meaning */
  remove(tag: string): void {
    this.get(tag);
    if (this.#database.prepare(SQL.inUse).get(tag)) {
      throw new RetrieveError('Studies of the queue belong to this archive. Disable it instead.');
    }
    this.#database.prepare(SQL.remove).run(tag);
  }

  /** A PACS answers a C-MOVE with associations of its own, so one that is asked to is let in as a sender. */
  peers(): Peer[] {
    return this.list()
      .filter(({ enabled, way }) => enabled && way === 'move')
      .map(({ tag, aeTitle, host }) => ({
        peerId: `archive ${tag}`,
        tag,
        callingAeTitle: aeTitle.trim(),
        address: host,
        calledAeTitle: null,
        services: ['verification', 'storage'],
        maximumAssociations: null,
        tlsRequired: false,
        fingerprints: [],
        dicomHost: null,
        dicomPort: null,
        enabled: true,
      }));
  }
}

/** The node as the client calls it. @throws DimseFailure when the CA file cannot be read */
export function remoteNode(archive: Archive): RemoteNode {
  const { certificateAuthorities: file } = archive;
  if (file === null) return { ...archive, certificateAuthorities: undefined };
  try {
    return { ...archive, certificateAuthorities: readFileSync(file) };
  } catch {
    throw new DimseFailure('The CA file of the archive cannot be read. Check its path and permissions.', false);
  }
}

function archiveOf({ windows, enabled, ...row }: Row): Archive {
  return { ...row, windows: JSON.parse(windows) as string[], enabled: enabled === 1 };
}

function objectionTo(archive: Archive): string | undefined {
  if (!TAG.test(archive.tag)) return 'A tag has 1 to 40 letters, digits, spaces, dots, dashes or underscores.';
  if (![archive.aeTitle, archive.callingAeTitle].every((title) => AE_TITLE.test(title) && title.trim() !== '')) {
    return 'An AE title has 1 to 16 characters without backslash (PS3.5, VR AE).';
  }
  if (!isHost(archive.host)) return 'The host is a name or an IP address.';
  if (!Number.isInteger(archive.port) || archive.port < 1 || archive.port > 65_535) {
    return 'The port is a whole number from 1 to 65535.';
  }
  if (!Number.isInteger(archive.concurrentStudies) || archive.concurrentStudies < 1 || archive.concurrentStudies > 8) {
    return 'Studies at the same time are from 1 to 8.';
  }
  const { studiesPerHour } = archive;
  if (studiesPerHour !== null && (!Number.isInteger(studiesPerHour) || studiesPerHour < 1)) {
    return 'Studies per hour are a whole number from 1, or no limit.';
  }
  const wrong = archive.windows.findIndex(
    (window) => window.trim().split(/\s+/).length !== 5 || !cron.validate(window),
  );
  if (wrong >= 0) return `Window ${wrong + 1} is not a cron expression of five fields, such as "* 20-23,0-5 * * *".`;
  return undefined;
}

/** Readable for the receiver as well, which lets the archive in by its address. */
function isHost(text: string): boolean {
  if (isIP(text)) return true;
  try {
    return parsePeerAddress(text).kind === 'host';
  } catch {
    return false;
  }
}
