/**
 * The TLS port: the BCP 195 TLS Secure Transport Connection Profile of PS3.15 annex B (RFC 8996: nothing before
 * TLS 1.2; RFC 9325 §4.2: forward secrecy and authenticated encryption only). A renewed certificate is taken up
 * without a restart.
 */
import { constants } from 'node:crypto';
import { statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import type { Logger } from '../../operations/logger.ts';
import { StartUpError } from '../../store/errors.ts';
import type { ClientCertificates, TlsFacts } from './admission.ts';
import { listen } from './listen.ts';
import {
  normalFingerprint,
  type OwnCertificate,
  readTlsCredentials,
  type TlsCredentials,
  TlsCredentialsError,
  type TlsFiles,
} from './tls-credentials.ts';

export interface TlsSettings extends TlsFiles {
  /** 0 picks a free one. */
  readonly port: number;
  readonly clientCertificates: ClientCertificates;
}

export interface TlsState {
  readonly port: number;
  readonly certificate: OwnCertificate;
  readonly clientCertificates: ClientCertificates;
  /** Why a renewed certificate could not be taken up, as a sentence. */
  readonly problem: string | undefined;
}

export interface TlsDoorParts {
  readonly host: string;
  readonly settings: TlsSettings;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly maximumConnections: number;
  readonly handshakeMilliseconds: number;
  readonly onConnection: (socket: TLSSocket, facts: TlsFacts) => void;
}

/** What is offered and taken: the AEAD suites with ephemeral keys (PS3.15 §B.12, RFC 9325 §4.2). */
export const CIPHER_SUITES = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
] as const;

/** Lowest and highest. */
export const TLS_VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;

export const TLS_PROFILE: SecureContextOptions = {
  minVersion: TLS_VERSIONS[0],
  maxVersion: TLS_VERSIONS[1],
  ciphers: CIPHER_SUITES.join(':'),
  // A session that is resumed would not show its certificate again.
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
};

export class TlsDoor {
  readonly #parts: TlsDoorParts;
  /** Connections, so that those in the middle of a handshake end with the receiver. */
  readonly #sockets = new Set<Socket>();
  #credentials: TlsCredentials;
  #stamp: string;
  #problem: string | undefined;
  #server: Server | undefined;
  #port: number;

  /** @throws StartUpError when certificate or key cannot be used */
  constructor(parts: TlsDoorParts) {
    this.#parts = parts;
    this.#port = parts.settings.port;
    this.#stamp = stampOf(parts.settings);
    try {
      this.#credentials = readTlsCredentials(parts.settings);
    } catch (error) {
      if (error instanceof TlsCredentialsError) throw new StartUpError(error.message);
      throw error;
    }
  }

  get state(): TlsState {
    return {
      port: this.#port,
      certificate: this.#credentials.certificate,
      clientCertificates: this.#parts.settings.clientCertificates,
      problem: this.#problem,
    };
  }

  /** @throws StartUpError when the port cannot be had */
  async start(): Promise<{ port: number }> {
    const { host, settings, logger, maximumConnections, handshakeMilliseconds, onConnection } = this.#parts;
    const server = createServer({
      ...this.#credentials.options,
      ...TLS_PROFILE,
      requestCert: settings.clientCertificates !== 'none',
      // Judged together with the peer, so that a pinned certificate needs no authority and a refusal is on record.
      rejectUnauthorized: false,
      handshakeTimeout: handshakeMilliseconds,
      noDelay: true,
      keepAlive: true,
    });
    server.maxConnections = maximumConnections;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    server.on('secureConnection', (socket) => onConnection(socket, factsOf(socket, settings.caFile !== '')));
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      logger.warn(
        'A TLS handshake failed. The peer may be speaking plain DICOM or an older TLS, or may not trust the certificate.',
        { code: error.code ?? 'unknown', remoteAddress: socket.remoteAddress },
      );
      socket.destroy();
    });
    this.#port = await listen(server, { host, port: settings.port, setting: 'dicom.tlsPort', logger });
    this.#server = server;
    return { port: this.#port };
  }

  /** Takes nothing new; resolves when every connection has ended. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Cuts off what is still connected, handshakes included. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes up files that changed; called now and then. A renewal that cannot be used leaves the old certificate in place. */
  refresh(): void {
    const stamp = stampOf(this.#parts.settings);
    if (stamp === this.#stamp || !this.#server) return;
    this.#stamp = stamp;
    const { logger, settings } = this.#parts;
    try {
      const credentials = readTlsCredentials(settings);
      this.#problem = undefined;
      if (credentials.version === this.#credentials.version) return;
      this.#server.setSecureContext({ ...credentials.options, ...TLS_PROFILE });
      this.#credentials = credentials;
      logger.info('A renewed certificate is in use on the TLS port', { validTo: credentials.certificate.validTo });
    } catch (error) {
      const reason = error instanceof TlsCredentialsError ? error.message : 'It could not be taken up.';
      this.#problem = `The files of the TLS port changed but cannot be used; the certificate before is still in use. ${reason}`;
      logger.error(this.#problem);
    }
  }
}

/** What is known of the other side of a connection whose handshake is over. @param hasAuthorities whether caFile names any */
export function factsOf(socket: TLSSocket, hasAuthorities: boolean): TlsFacts {
  const shown = socket.getPeerX509Certificate();
  const now = Date.now();
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    certificate: shown && {
      fingerprint: normalFingerprint(shown.fingerprint256),
      // Without authorities of its own the library would ask the public ones of the internet.
      trusted: hasAuthorities && socket.authorized,
      current: Date.parse(shown.validFrom) <= now && now <= Date.parse(shown.validTo),
    },
  };
}

/** Changes when a file is written or replaced; a file that is missing for a moment is a change as well. */
function stampOf({ certificateFile, keyFile, caFile }: TlsFiles): string {
  return [certificateFile, keyFile, caFile]
    .filter((file) => file !== '')
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'missing';
    })
    .join(' · ');
}
