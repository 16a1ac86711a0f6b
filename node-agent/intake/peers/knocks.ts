/** Who asked for an association without being a peer, so that one click can let it in. Bounded: a scanner fills nothing. */
import type { SqliteDatabase } from '../../store/database.ts';
import { Statements } from '../../store/statements.ts';
import { normalAddress } from './address.ts';
import { PEER_SERVICES, PeerError, type PeerTerms } from './peer.ts';
import type { Caller } from './peer-directory.ts';

export interface Knock {
  readonly callingAeTitle: string;
  readonly address: string;
  /** Of the last knock. */
  readonly calledAeTitle: string;
  readonly count: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

const MOST_KNOCKS = 200;
/** A scanner tries one title after another from one address. */
const MOST_PER_ADDRESS = 8;

const SQL = {
  note: `INSERT INTO knocks VALUES (@callingAeTitle, @address, @calledAeTitle, 1, @now, @now)
    ON CONFLICT DO UPDATE SET count = count + 1, last_at = @now, called_ae_title = @calledAeTitle`,
  // What knocks often is a machine that was told to send; what came once long ago is not missed.
  trimAddress: `DELETE FROM knocks WHERE address = @address AND calling_ae_title IN (
    SELECT calling_ae_title FROM knocks WHERE address = @address AND calling_ae_title <> @callingAeTitle
    ORDER BY count DESC, last_at DESC LIMIT -1 OFFSET ${MOST_PER_ADDRESS - 1})`,
  trim: `DELETE FROM knocks WHERE (calling_ae_title, address) IN (
    SELECT calling_ae_title, address FROM knocks WHERE calling_ae_title <> @callingAeTitle OR address <> @address
    ORDER BY count DESC, last_at DESC LIMIT -1 OFFSET ${MOST_KNOCKS - 1})`,
  list: `SELECT calling_ae_title AS callingAeTitle, address, called_ae_title AS calledAeTitle, count,
    first_at AS firstAt, last_at AS lastAt FROM knocks ORDER BY last_at DESC`,
  forget: 'DELETE FROM knocks WHERE calling_ae_title = ? AND address = ?',
} as const;

export class Knocks {
  readonly #database: SqliteDatabase;
  readonly #statements: Statements;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#statements = new Statements(database);
  }

  note({ callingAeTitle, remoteAddress, calledAeTitle }: Caller): void {
    const address = normalAddress(remoteAddress);
    if (address === undefined) return;
    const knock = { callingAeTitle, address, calledAeTitle };
    this.#database.transaction(() => {
      this.#statements.of(SQL.note).run({ ...knock, now: new Date().toISOString() });
      this.#statements.of(SQL.trimAddress).run({ callingAeTitle, address });
      this.#statements.of(SQL.trim).run({ callingAeTitle, address });
    })();
  }

  /** The latest first. */
  list(): Knock[] {
    return this.#statements.of(SQL.list).all() as Knock[];
  }

  /** Forgets a knock, because its sender was let in or is not wanted. @returns false when there is none */
  forget(callingAeTitle: string, address: string): boolean {
    return this.#statements.of(SQL.forget).run(callingAeTitle, address).changes > 0;
  }
}

/** The narrowest terms that let in who knocked: this title from this address. @throws PeerError when it did not knock */
export function termsFor(knocks: readonly Knock[], callingAeTitle: string, address: string, tag: string): PeerTerms {
  const normal = normalAddress(address) ?? address;
  const knock = knocks.find((one) => one.callingAeTitle === callingAeTitle && one.address === normal);
  if (!knock) throw new PeerError(`Nobody with the AE title "${callingAeTitle}" has knocked from ${address}.`);
  if (knock.callingAeTitle === '') {
    throw new PeerError(
      'It gave no AE title, so there is nothing to know it by. Set one at the sender, or add a peer with any AE title by hand.',
    );
  }
  return {
    tag: tag.trim() === '' ? `${knock.callingAeTitle} ${knock.address}` : tag,
    callingAeTitle: knock.callingAeTitle,
    address: knock.address,
    calledAeTitle: null,
    services: PEER_SERVICES,
    maximumAssociations: null,
    tlsRequired: false,
    fingerprints: [],
    dicomHost: null,
    dicomPort: null,
    enabled: true,
  };
}
