/** The receiver's certificate and key, and the authorities of client certificates, read from their files. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';

export interface TlsFiles {
  /** PEM: the certificate, then the intermediate ones. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** PEM; empty for none. */
  readonly caFile: string;
}

export interface TlsCredentials {
  readonly options: SecureContextOptions;
  readonly certificate: OwnCertificate;
  /** Changes when the content of a file does. */
  readonly version: string;
}

export interface OwnCertificate {
  /** Until when it is valid, ISO 8601. */
  readonly validTo: string;
  readonly fingerprint: string;
}

/** A file that cannot be used; the message says which, and what to do. */
export class TlsCredentialsError extends Error {
  override readonly name = 'TlsCredentialsError';
}

/** @throws TlsCredentialsError when a file is missing or unusable, or key and certificate do not belong together */
export function readTlsCredentials(files: TlsFiles): TlsCredentials {
  const cert = read(files.certificateFile, 'dicom.tls.certificateFile');
  const key = read(files.keyFile, 'dicom.tls.keyFile');
  const ca = files.caFile === '' ? undefined : read(files.caFile, 'dicom.tls.caFile');
  const options: SecureContextOptions = { cert, key, ...(ca ? { ca } : {}) };
  const certificate = parse(cert, files.certificateFile, 'dicom.tls.certificateFile');
  if (ca) parse(ca, files.caFile, 'dicom.tls.caFile');
  try {
    createSecureContext(options);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new TlsCredentialsError(
      `The key ${files.keyFile} does not go with the certificate ${files.certificateFile}, or needs a password (${code}). Correct dicom.tls.keyFile; the key is a PEM file without password.`,
    );
  }
  const digest = createHash('sha256');
  for (const content of [cert, key, ca ?? '']) digest.update(content).update('\0');
  return {
    options,
    certificate: {
      validTo: new Date(certificate.validTo).toISOString(),
      fingerprint: normalFingerprint(certificate.fingerprint256),
    },
    version: digest.digest('hex'),
  };
}

/** `AB:CD:…` as 64 lower-case digits. */
export function normalFingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

function read(file: string, setting: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new TlsCredentialsError(
      `The file ${file} cannot be read (${code}). Check that it is there and that the service user may read it, or correct ${setting}.`,
    );
  }
}

function parse(content: Buffer, file: string, setting: string): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch {
    throw new TlsCredentialsError(`The file ${file} holds no certificate in PEM form. Correct it or ${setting}.`);
  }
}
