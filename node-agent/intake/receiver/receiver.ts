/** The DICOM receiver: an SCP of storage, verification and storage commitment that listens, limits, pauses and stops (PS3.4 annexes A, B and J). */
import { createServer, type Server } from 'node:net';
import type { Logger } from '../../operations/logger.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import type { CommitmentDesk } from '../commitment/commitment-desk.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Knocks } from '../peers/knocks.ts';
import type { PeerSource } from '../peers/peer.ts';
import { PeerDirectory } from '../peers/peer-directory.ts';
import type { Pause, ReceiverPause } from '../peers/receiver-pause.ts';
import type { Reception } from '../reception.ts';
import { WriteTrouble } from '../write-trouble.ts';
import { Admission, type TlsFacts } from './admission.ts';
import { Association, type AssociationParts } from './association.ts';
import { listen } from './listen.ts';
import { DEFAULT_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { TlsDoor, type TlsSettings, type TlsState } from './tls-door.ts';
import { plainWireOf, type Wire, wireOf } from './wire.ts';

export interface ReceiverParts {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly aeTitle: string;
  readonly reception: Reception;
  readonly commitments: CommitmentDesk;
  readonly associations: AssociationRecord;
  /** Who may send: the table of peers, and partners of other rooms. */
  readonly peers: readonly PeerSource[];
  readonly knocks: Pick<Knocks, 'note'>;
  readonly pause: Pick<ReceiverPause, 'current'>;
  /** The TLS port; undefined keeps it closed. */
  readonly tls?: TlsSettings | undefined;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly limits?: Partial<ReceiverLimits>;
  /** Shared with the other ways in, so that all stop and go on together. */
  readonly reserve: DiskReserve;
  /** A larger reserve, below which new associations are refused while those that are open may go on. */
  readonly associationReserve: DiskReserve;
  /** Somebody knocked who is no peer. */
  readonly onKnocked?: () => void;
  /** An association was entered in the record, or ended. */
  readonly onAssociation?: () => void;
  /** Waits until an object of a peer may be answered. */
  readonly pace?: (peerId: string) => Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number;
}

export interface ReceiverState {
  readonly aeTitle: string;
  readonly port: number;
  readonly listening: boolean;
  readonly openAssociations: number;
  /** Why nothing is taken at the moment, as a sentence; undefined when all is well. */
  readonly refusing: string | undefined;
  readonly paused: Pause | undefined;
  readonly tls: TlsState | undefined;
}

const DISK_GETTING_FULL =
  'The disk of the data folder is getting full: new associations are refused until space is freed; those that are open go on.';
const DISK_NEARLY_FULL =
  'The disk of the data folder is nearly full: new objects are refused as out of resources until space is freed.';
const ROOM_AGAIN = 'There is room on the disk again: associations and objects are taken.';
const SWEEP_MILLISECONDS = 1_000;
/** Sweeps from one look at the files of the certificate, and at a disk in trouble, to the next. */
const SWEEPS_PER_REFRESH = 5;
/** Connections beyond the allowed associations, so that those too get a proper rejection. */
const SPARE_CONNECTIONS = 32;

export class DicomReceiver {
  readonly #parts: ReceiverParts;
  readonly #limits: ReceiverLimits;
  readonly #now: () => number;
  readonly #trouble: WriteTrouble;
  readonly #associationParts: AssociationParts;
  readonly #open = new Set<Association>();
  #server: Server | undefined;
  #port: number;
  #sweeper: NodeJS.Timeout | undefined;
  #sweeps = 0;
  #tls: TlsDoor | undefined;
  #refusing: string | undefined;
  #onEmpty: (() => void) | undefined;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#port = parts.port;
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits };
    this.#now = parts.now ?? (() => performance.now());
    this.#trouble = new WriteTrouble(parts.logger, () => parts.reception.tryWriting());
    this.#associationParts = {
      limits: this.#limits,
      store: { reception: parts.reception, reserve: parts.reserve, trouble: this.#trouble },
      commitments: parts.commitments,
      associations: parts.associations,
      logger: parts.logger,
      now: this.#now,
      onChanged: parts.onAssociation ?? (() => {}),
      pace: parts.pace,
      admission: new Admission({
        aeTitle: parts.aeTitle,
        directory: new PeerDirectory(parts.peers, parts.aeTitle),
        knocks: parts.knocks,
        pause: parts.pause,
        clientCertificates: parts.tls?.clientCertificates ?? 'none',
        hasAuthorities: (parts.tls?.caFile ?? '') !== '',
        capacity: () => ({
          associationsFull: this.#associations() > this.#limits.openAssociations,
          diskNearlyFull: this.#diskRefusal() !== undefined,
        }),
        openAssociationsOf: (peerId) => this.#associations(peerId),
        onKnocked: parts.onKnocked ?? (() => {}),
      }),
    };
  }

  get state(): ReceiverState {
    const paused = this.#parts.pause.current;
    return {
      aeTitle: this.#parts.aeTitle,
      port: this.#port,
      listening: this.#server !== undefined,
      openAssociations: this.#associations(),
      refusing: paused
        ? `The receiver is paused by ${paused.by}: new associations are refused.`
        : (this.#diskRefusal() ?? this.#trouble.sentence),
      paused,
      tls: this.#tls?.state,
    };
  }

  /** @throws StartUpError when a port cannot be had or the certificate cannot be used */
  async start(): Promise<{ port: number; tlsPort: number | undefined }> {
    const { host, port, aeTitle, logger, tls } = this.#parts;
    const maximumConnections = this.#limits.openAssociations + SPARE_CONNECTIONS;
    const door =
      tls &&
      new TlsDoor({
        host,
        settings: tls,
        logger,
        maximumConnections,
        handshakeMilliseconds: this.#limits.artimMilliseconds,
        onConnection: (socket, facts) => this.#welcome(plainWireOf(socket), facts),
      });
    const server = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, (socket) =>
      this.#welcome(wireOf(socket), undefined),
    );
    server.maxConnections = maximumConnections;
    this.#port = await listen(server, { host, port, setting: 'dicom.port', logger });
    this.#server = server;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MILLISECONDS).unref();
    try {
      await door?.start();
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.#tls = door;
    const tlsPort = door?.state.port;
    logger.info('The DICOM receiver listens', { aeTitle, host, port: this.#port, tlsPort });
    return { port: this.#port, tlsPort };
  }

  /** Takes nothing new, lets objects in transfer finish for a while, then cuts off what is left. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const door = this.#tls;
    this.#tls = undefined;
    const closed = Promise.all([new Promise<void>((resolve) => server.close(() => resolve())), door?.close()]);
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const association of this.#open) association.leave();
    const grace = setTimeout(() => {
      for (const association of this.#open) association.destroy();
      door?.destroy();
    }, this.#limits.graceMilliseconds);
    if (this.#open.size > 0) await empty;
    await closed;
    clearTimeout(grace);
    clearInterval(this.#sweeper);
    this.#parts.logger.info('The DICOM receiver stopped');
  }

  #welcome(wire: Wire, tls: TlsFacts | undefined): void {
    if (!this.#server) {
      wire.socket.destroy();
      return;
    }
    const association = new Association({ wire, tls }, this.#associationParts, () => {
      this.#open.delete(association);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
    this.#open.add(association);
  }

  /** How many are open, of one peer or of all. */
  #associations(peerId?: string): number {
    let count = 0;
    for (const association of this.#open) {
      if (association.open && (peerId === undefined || association.peerId === peerId)) count += 1;
    }
    return count;
  }

  #diskRefusal(): string | undefined {
    const { reserve, associationReserve } = this.#parts;
    if (reserve.nearlyFull) return DISK_NEARLY_FULL;
    return associationReserve.nearlyFull ? DISK_GETTING_FULL : undefined;
  }

  #sweep(): void {
    for (const association of this.#open) association.sweep();
    this.#sweeps += 1;
    if (this.#sweeps % SWEEPS_PER_REFRESH === 0) {
      this.#tls?.refresh();
      void this.#trouble.look();
    }
    const refusing = this.#diskRefusal();
    if (refusing === this.#refusing) return;
    this.#refusing = refusing;
    if (refusing) this.#parts.logger.warn(refusing);
    else this.#parts.logger.info(ROOM_AGAIN);
  }
}
