/** The table of peers: read anew for every decision, so that a change acts on the next association. */
import { randomUUID } from 'node:crypto';
import type { AuditLog } from '../../audit/audit-log.ts';
import type { SqliteDatabase } from '../../store/database.ts';
import { Statements } from '../../store/statements.ts';
import { type Peer, PeerError, type PeerService, type PeerSource, type PeerTerms } from './peer.ts';
import { normalTerms } from './peer-terms.ts';

interface PeerRow extends Omit<Peer, 'services' | 'fingerprints' | 'tlsRequired' | 'enabled'> {
  readonly services: string;
  readonly fingerprints: string;
  readonly tlsRequired: 0 | 1;
  readonly enabled: 0 | 1;
}

/** Every association reads them all; a hospital has a few dozen, and networks stand for many. */
const MOST_PEERS = 500;

const SQL = {
  list: `SELECT peer_id AS peerId, tag, calling_ae_title AS callingAeTitle, address, called_ae_title AS calledAeTitle,
    services, maximum_associations AS maximumAssociations, tls_required AS tlsRequired, fingerprints,
    dicom_host AS dicomHost, dicom_port AS dicomPort, enabled FROM peers ORDER BY created_at, rowid`,
  insert: `INSERT INTO peers VALUES (@peerId, @tag, @callingAeTitle, @address, @calledAeTitle, @services,
    @maximumAssociations, @tlsRequired, @fingerprints, @dicomHost, @dicomPort, @enabled, @now)`,
  update: `UPDATE peers SET tag = @tag, calling_ae_title = @callingAeTitle, address = @address,
    called_ae_title = @calledAeTitle, services = @services, maximum_associations = @maximumAssociations,
    tls_required = @tlsRequired, fingerprints = @fingerprints, dicom_host = @dicomHost, dicom_port = @dicomPort,
    enabled = @enabled WHERE peer_id = @peerId`,
  remove: 'DELETE FROM peers WHERE peer_id = ?',
} as const;

export class PeerRegister implements PeerSource {
  readonly #statements: Statements;
  readonly #audit: Pick<AuditLog, 'record'>;

  constructor(database: SqliteDatabase, audit: Pick<AuditLog, 'record'>) {
    this.#statements = new Statements(database);
    this.#audit = audit;
  }

  peers(): readonly Peer[] {
    return (this.#statements.of(SQL.list).all() as PeerRow[]).map((row) => ({
      ...row,
      services: JSON.parse(row.services) as PeerService[],
      fingerprints: JSON.parse(row.fingerprints) as string[],
      tlsRequired: row.tlsRequired === 1,
      enabled: row.enabled === 1,
    }));
  }

  /** @throws PeerError when the terms are wrong or the name is taken */
  add(given: PeerTerms, by: string): Peer {
    if (this.peers().length >= MOST_PEERS) {
      throw new PeerError(`There are ${MOST_PEERS} peers already. Put several into one network, or remove some.`);
    }
    const peer = { peerId: randomUUID(), ...normalTerms(given) };
    this.#refuseTaken(peer);
    this.#statements.of(SQL.insert).run({ ...stored(peer), now: new Date().toISOString() });
    this.#audit.record({ actor: by, action: 'peer.added', subject: peer.tag, detail: inWords(peer) });
    return peer;
  }

  /** @throws PeerError when there is no such peer, the terms are wrong or the name is taken */
  change(peerId: string, given: PeerTerms, by: string): Peer {
    const before = this.#find(peerId);
    const peer = { peerId, ...normalTerms(given) };
    this.#refuseTaken(peer);
    this.#statements.of(SQL.update).run(stored(peer));
    const detail = `${inWords(before)} became ${before.tag === peer.tag ? '' : `${peer.tag}, `}${inWords(peer)}`;
    this.#audit.record({ actor: by, action: 'peer.changed', subject: before.tag, detail });
    return peer;
  }

  /** @throws PeerError when there is no such peer */
  remove(peerId: string, by: string): void {
    const peer = this.#find(peerId);
    this.#statements.of(SQL.remove).run(peerId);
    this.#audit.record({ actor: by, action: 'peer.removed', subject: peer.tag, detail: inWords(peer) });
  }

  #find(peerId: string): Peer {
    const found = this.peers().find((peer) => peer.peerId === peerId);
    if (!found) throw new PeerError('There is no such peer any more. Look at the list again.');
    return found;
  }

  #refuseTaken({ peerId, tag }: Peer): void {
    const taken = this.peers().some((peer) => peer.peerId !== peerId && peer.tag.toLowerCase() === tag.toLowerCase());
    if (taken) throw new PeerError(`There is a peer named "${tag}" already. Choose another name.`);
  }
}

function stored(peer: Peer) {
  return {
    ...peer,
    services: JSON.stringify(peer.services),
    fingerprints: JSON.stringify(peer.fingerprints),
    tlsRequired: peer.tlsRequired ? 1 : 0,
    enabled: peer.enabled ? 1 : 0,
  };
}

/** Everything that decides, for the audit log. */
function inWords(peer: Peer): string {
  const parts = [
    `${peer.callingAeTitle ?? 'any AE title'} at ${peer.address}`,
    `calling ${peer.calledAeTitle ?? 'this node'}`,
    peer.services.join(' and '),
    ...(peer.maximumAssociations === null ? [] : [`at most ${peer.maximumAssociations} associations`]),
    peer.tlsRequired ? 'TLS only' : 'plain or TLS',
    ...peer.fingerprints.map((fingerprint) => `certificate ${fingerprint}`),
    ...(peer.dicomHost === null ? [] : [`listening at ${peer.dicomHost} port ${peer.dicomPort}`]),
    ...(peer.enabled ? [] : ['switched off']),
  ];
  return parts.join(', ');
}
