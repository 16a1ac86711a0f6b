/** The PACS nodes that studies are fetched from. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import cron from 'node-cron';
import type { SqliteDatabase } from '../../store/database.ts';
import { parsePeerAddress } from '../peers/address.ts';
import type { Peer, PeerSource } from '../peers/peer.ts';
import { DimseFailure } from './dimse-failure.ts';
import type { OwnCertificate, RemoteNode } from './remote-node.ts';

export interface Archive {
  readonly tag: string;
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly callingAeTitle: string;
  /** PEM file with the certificate authorities; no TLS where null. */
  readonly certificateAuthorities: string | null;
  /** SHA-256 of the TLS certificates it may show, called or calling; empty takes any that the authorities vouch for. */
  readonly fingerprints: readonly string[];
  readonly way: 'move' | 'get';
  /** Objects that are answered in a second, at most. */
  readonly instancesPerSecond: number | null;
  readonly studiesPerHour: number | null;
  readonly concurrentStudies: number;
  /** Cron expressions in the time zone of the site: the minutes in which a transfer may begin. Any minute where empty. */
  readonly windows: readonly string[];
  readonly enabled: boolean;
}

/** An archive or a request that cannot be as it was given. */
export class RetrieveError extends Error {
  override readonly name = 'RetrieveError';
}

const COLUMNS = `tag, ae_title AS aeTitle, host, port, calling_ae_title AS callingAeTitle,
  certificate_authorities AS certificateAuthorities, fingerprints, way, instances_per_second AS instancesPerSecond,
  studies_per_hour AS studiesPerHour, concurrent_studies AS concurrentStudies, windows, enabled`;
const SQL = {
  save: `INSERT INTO archives (tag, ae_title, host, port, calling_ae_title, certificate_authorities, fingerprints, way,
      instances_per_second, studies_per_hour, concurrent_studies, windows, enabled)
    VALUES (@tag, @aeTitle, @host, @port, @callingAeTitle, @certificateAuthorities, @fingerprints, @way,
      @instancesPerSecond, @studiesPerHour, @concurrentStudies, @windows, @enabled)
    ON CONFLICT (tag) DO UPDATE SET ae_title = @aeTitle, host = @host, port = @port, calling_ae_title = @callingAeTitle,
      certificate_authorities = @certificateAuthorities, fingerprints = @fingerprints, way = @way,
      instances_per_second = @instancesPerSecond, studies_per_hour = @studiesPerHour,
      concurrent_studies = @concurrentStudies, windows = @windows, enabled = @enabled`,
  list: `SELECT ${COLUMNS} FROM archives ORDER BY tag`,
  find: `SELECT ${COLUMNS} FROM archives WHERE tag = ?`,
  inUse: 'SELECT 1 FROM retrieve_requests WHERE archive = ? LIMIT 1',
  remove: 'DELETE FROM archives WHERE tag = ?',
} as const;

const PEER_PREFIX = 'archive ';
/** PS3.5 table 6.2-1, VR AE: 16 characters without backslash and control characters. */
const AE_TITLE = /^[ -[\]-~]{1,16}$/;
const TAG = /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}$/;

type Row = Omit<Archive, 'windows' | 'fingerprints' | 'enabled'> & {
  windows: string;
  fingerprints: string;
  enabled: number;
};

export class Archives implements PeerSource {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  list(): Archive[] {
    return (this.#database.prepare(SQL.list).all() as Row[]).map(archiveOf);
  }

  find(tag: string): Archive | undefined {
    const row = this.#database.prepare(SQL.find).get(tag) as Row | undefined;
    return row && archiveOf(row);
  }

  /** @throws RetrieveError */
  get(tag: string): Archive {
    const archive = this.find(tag);
    if (!archive)
      throw new RetrieveError('There is no archive with this tag. "gatehouse pacs list" shows those there are.');
    return archive;
  }

  /** The archive that stands behind one of `peers()`. */
  ofPeer(peerId: string): Archive | undefined {
    return peerId.startsWith(PEER_PREFIX) ? this.find(peerId.slice(PEER_PREFIX.length)) : undefined;
  }

  /** Adds an archive, or changes the one with the same tag. @throws RetrieveError */
  save(archive: Archive): void {
    const fingerprints = archive.fingerprints.map((text) => text.replace(/[:\s]/g, '').toLowerCase());
    const objection = objectionTo({ ...archive, fingerprints });
    if (objection) throw new RetrieveError(objection);
    this.#database.prepare(SQL.save).run({
      ...archive,
      fingerprints: JSON.stringify(fingerprints),
      windows: JSON.stringify(archive.windows),
      enabled: archive.enabled ? 1 : 0,
    });
  }

  /** @throws RetrieveError while the queue names the archive: its history would lose its meaning */
  remove(tag: string): void {
    this.get(tag);
    if (this.#database.prepare(SQL.inUse).get(tag)) {
      throw new RetrieveError('Requests belong to this archive. Switch it off instead.');
    }
    this.#database.prepare(SQL.remove).run(tag);
  }

  /**
   * A PACS answers a C-MOVE with associations of its own, so one that is asked to is let in as a sender. One that is
   * called over TLS has to call over TLS as well, with a pinned certificate where there are pins.
   */
  peers(): Peer[] {
    return this.list()
      .filter(({ enabled, way }) => enabled && way === 'move')
      .map(({ tag, aeTitle, host, certificateAuthorities, fingerprints }) => ({
        peerId: `${PEER_PREFIX}${tag}`,
        tag,
        callingAeTitle: aeTitle.trim(),
        address: host,
        calledAeTitle: null,
        services: ['verification', 'storage'],
        maximumAssociations: null,
        tlsRequired: certificateAuthorities !== null,
        fingerprints,
        dicomHost: null,
        dicomPort: null,
        enabled: true,
      }));
  }
}

/** Where the certificate and key stand that this node shows: those of its TLS port. */
export interface OwnCertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

/**
 * The node as the client calls it.
 * @param own shown to a PACS that asks for a client certificate; empty paths show none
 * @throws DimseFailure when a file cannot be read
 */
export function remoteNode(archive: Archive, own?: OwnCertificateFiles): RemoteNode {
  const { certificateAuthorities: file } = archive;
  if (file === null) return { ...archive, certificateAuthorities: undefined };
  const certificateAuthorities = contentOf(file, 'The CA file of the archive');
  return { ...archive, certificateAuthorities, ownCertificate: ownCertificate(own) };
}

function ownCertificate(own: OwnCertificateFiles | undefined): OwnCertificate | undefined {
  if (!own || own.certificateFile === '' || own.keyFile === '') return undefined;
  return {
    certificate: contentOf(own.certificateFile, 'The certificate of this node'),
    key: contentOf(own.keyFile, 'The private key of this node'),
  };
}

function contentOf(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new DimseFailure(`${what} cannot be read. Check its path and permissions.`, false);
  }
}

function archiveOf({ windows, fingerprints, enabled, ...row }: Row): Archive {
  return {
    ...row,
    fingerprints: JSON.parse(fingerprints) as string[],
    windows: JSON.parse(windows) as string[],
    enabled: enabled === 1,
  };
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
  const { studiesPerHour, instancesPerSecond, fingerprints, certificateAuthorities } = archive;
  if (instancesPerSecond !== null && (!Number.isInteger(instancesPerSecond) || instancesPerSecond < 1)) {
    return 'Objects per second are a whole number from 1, or no limit.';
  }
  if (fingerprints.some((text) => !/^[0-9a-f]{64}$/.test(text))) {
    return 'The fingerprint of a certificate is its SHA-256: 64 hexadecimal digits.';
  }
  if (certificateAuthorities !== null && !isAbsolute(certificateAuthorities)) {
    return 'The file of the certificate authorities takes a full path on the computer of the node.';
  }
  if (fingerprints.length > 0 && certificateAuthorities === null) {
    return 'A certificate can only be checked over TLS: name a CA file, or leave the fingerprints away.';
  }
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
