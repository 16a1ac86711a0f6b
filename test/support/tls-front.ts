/** A TLS port in front of a program that has none, as sites put stunnel in front of a PACS. */
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './certificates.ts';

export interface TlsFront {
  readonly port: number;
  close(): void;
}

/** Asks for a client certificate that the authority vouches for, and hands everything on to a plain port. */
export async function tlsFront(behind: number, own: Certificate, authority: Certificate): Promise<TlsFront> {
  const server = createServer(
    {
      cert: readFileSync(own.certificateFile),
      key: readFileSync(own.keyFile),
      ca: readFileSync(authority.certificateFile),
      requestCert: true,
      rejectUnauthorized: true,
    },
    (secure) => {
      const plain = connect(behind, '127.0.0.1');
      secure.pipe(plain).pipe(secure);
      for (const [one, other] of [
        [secure, plain],
        [plain, secure],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
    },
  );
  server.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
