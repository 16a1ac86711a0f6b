/** The DICOM receiver: a storage SCP and verification SCP that listens, limits and stops (PS3.4 annexes A and B). */
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from '../../operations/logger.ts';
import type { AssociationRecord } from '../../store/association-record.ts';
import { StartUpError } from '../../store/errors.ts';
import type { DiskReserve } from '../disk-reserve.ts';
import type { Reception } from '../reception.ts';
import { Association, type AssociationParts } from './association.ts';
import { DEFAULT_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { wireOf } from './wire.ts';

export interface ReceiverParts {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  readonly aeTitle: string;
  readonly reception: Reception;
  readonly associations: AssociationRecord;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly limits?: Partial<ReceiverLimits>;
  /** Shared with the other ways in, so that all stop and go on together. */
  readonly reserve: DiskReserve;
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
}

const DISK_NEARLY_FULL =
  'The disk of the data folder is nearly full: new objects are refused as out of resources until space is freed.';
const SWEEP_MILLISECONDS = 1_000;
/** Connections beyond the allowed associations, so that those too get a proper rejection. */
const SPARE_CONNECTIONS = 32;

export class DicomReceiver {
  readonly #parts: ReceiverParts;
  readonly #limits: ReceiverLimits;
  readonly #now: () => number;
  readonly #associationParts: AssociationParts;
  readonly #open = new Set<Association>();
  #server: Server | undefined;
  #port: number;
  #sweeper: NodeJS.Timeout | undefined;
  #wasNearlyFull = false;
  #onEmpty: (() => void) | undefined;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
    this.#port = parts.port;
    this.#limits = { ...DEFAULT_LIMITS, ...parts.limits };
    this.#now = parts.now ?? (() => performance.now());
    this.#associationParts = {
      aeTitle: parts.aeTitle,
      limits: this.#limits,
      store: { reception: parts.reception, reserve: parts.reserve },
      associations: parts.associations,
      logger: parts.logger,
      now: this.#now,
      capacity: () => ({
        associationsFull: this.#associations() > this.#limits.openAssociations,
        diskNearlyFull: parts.reserve.nearlyFull,
      }),
    };
  }

  get state(): ReceiverState {
    return {
      aeTitle: this.#parts.aeTitle,
      port: this.#port,
      listening: this.#server !== undefined,
      openAssociations: this.#associations(),
      refusing: this.#parts.reserve.nearlyFull ? DISK_NEARLY_FULL : undefined,
    };
  }

  /** @throws StartUpError when the port cannot be had */
  async start(): Promise<{ port: number }> {
    const { host, port, aeTitle, logger } = this.#parts;
    const server = createServer({ noDelay: true, keepAlive: true, pauseOnConnect: true }, (socket) =>
      this.#welcome(socket),
    );
    server.maxConnections = this.#limits.openAssociations + SPARE_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port)));
      server.listen({ host, port }, resolve);
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      logger.error('The DICOM receiver could not take a connection', { code: error.code });
    });
    const address = server.address();
    this.#port = typeof address === 'object' && address ? address.port : port;
    this.#server = server;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MILLISECONDS).unref();
    logger.info('The DICOM receiver listens', { aeTitle, host, port: this.#port });
    return { port: this.#port };
  }

  /** Takes nothing new, lets objects in transfer finish for a while, then cuts off what is left. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const empty = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const association of this.#open) association.leave();
    const grace = setTimeout(() => {
      for (const association of this.#open) association.destroy();
    }, this.#limits.graceMilliseconds);
    if (this.#open.size > 0) await empty;
    await closed;
    clearTimeout(grace);
    clearInterval(this.#sweeper);
    this.#parts.logger.info('The DICOM receiver stopped');
  }

  #welcome(socket: Socket): void {
    const association = new Association(wireOf(socket), this.#associationParts, () => {
      this.#open.delete(association);
      if (this.#open.size === 0) this.#onEmpty?.();
    });
    this.#open.add(association);
  }

  #associations(): number {
    let count = 0;
    for (const association of this.#open) if (association.open) count += 1;
    return count;
  }

  #sweep(): void {
    for (const association of this.#open) association.sweep();
    const { nearlyFull } = this.#parts.reserve;
    if (nearlyFull === this.#wasNearlyFull) return;
    this.#wasNearlyFull = nearlyFull;
    if (nearlyFull) this.#parts.logger.warn(DISK_NEARLY_FULL);
    else this.#parts.logger.info('There is room on the disk again: objects are taken.');
  }
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): StartUpError {
  if (error.code === 'EADDRINUSE') {
    return new StartUpError(
      `The DICOM port ${port} on ${host} is used by another program. Stop that program, or choose another port with --set dicom.port=….`,
    );
  }
  if (error.code === 'EACCES') {
    return new StartUpError(
      `The DICOM port ${port} needs more rights than this user has. Choose a port above 1023 with --set dicom.port=….`,
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new StartUpError(
      `The address ${host} does not belong to this computer, so the DICOM receiver cannot listen there. Correct it with --set dicom.host=….`,
    );
  }
  return new StartUpError(
    `The DICOM receiver cannot listen on ${host} port ${port} (${error.code ?? 'unknown error'}). Choose another with --set dicom.host=… and --set dicom.port=….`,
  );
}
