/** Certificates for tests, made by openssl: an authority of its own, servers and clients it vouches for, and self-signed ones. */
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { peer } from './peers.ts';

export interface Certificate {
  readonly certificateFile: string;
  readonly keyFile: string;
  /** SHA-256, 64 hexadecimal digits. */
  readonly fingerprint: string;
}

export interface CertificateOptions {
  /** Days it is valid from now; negative for one that has expired. */
  readonly days?: number;
  readonly issuer?: Certificate;
}

/** Makes a key and a certificate in a folder; self-signed unless an issuer is given. */
export function makeCertificate(
  folder: string,
  name: string,
  { days = 90, issuer }: CertificateOptions = {},
): Certificate {
  const file = (ending: string) => join(folder, `${name}.${ending}`);
  const [certificateFile, keyFile] = [file('pem'), file('key')];
  openssl(
    'req',
    '-new',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    `/CN=${name}`,
    '-keyout',
    keyFile,
    '-out',
    file('csr'),
  );
  writeFileSync(file('ext'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const signer = issuer
    ? ['-CA', issuer.certificateFile, '-CAkey', issuer.keyFile, '-CAcreateserial', '-extfile', file('ext')]
    : ['-signkey', keyFile];
  openssl('x509', '-req', '-in', file('csr'), '-out', certificateFile, '-days', String(days), ...signer);
  const { fingerprint256 } = new X509Certificate(readFileSync(certificateFile));
  return { certificateFile, keyFile, fingerprint: fingerprint256.replaceAll(':', '').toLowerCase() };
}

function openssl(...words: string[]): void {
  execFileSync(peer('openssl') ?? 'openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
