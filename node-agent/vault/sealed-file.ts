/**
 * A file that is encrypted to a passphrase or to a certificate: one line of JSON that says how, then AES-256-GCM over the
 * content with that line authenticated as well, then the tag. The key of the content is random with a certificate
 * (RSA-OAEP with SHA-256, or ECDH with an ephemeral key and HKDF-SHA-256), and of scrypt (RFC 7914) with a passphrase.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  scryptSync,
  X509Certificate,
} from 'node:crypto';
import { z } from 'zod';

/** A file that cannot be made or opened; the message says why and what to do. */
export class SealedFileError extends Error {
  override readonly name = 'SealedFileError';
}

export type Recipient =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** PEM. */
  | { readonly kind: 'certificate'; readonly certificate: string };

export type Opener =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** PEM; with the passphrase of the key where it has one. */
  | { readonly kind: 'private key'; readonly privateKey: string; readonly passphrase?: string | undefined };

const FORMAT = 'gatehouse vault export';
const SHORTEST_PASSPHRASE = 12;
const SHORTEST_RSA_BITS = 2048;
/** About half a second and 128 MB: an export may be tried at leisure by whoever finds it. */
const COST = { N: 2 ** 17, r: 8, p: 1 };
const SCRYPT_MEMORY = 256 * 1024 * 1024;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LONGEST_HEADER = 16_384;

const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
/** Bounds on the cost keep a forged file from taking all memory. */
const header = z.object({
  format: z.literal(FORMAT),
  version: z.literal(1),
  createdAt: z.string(),
  nonce: base64,
  key: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('scrypt'),
      salt: base64,
      N: z
        .number()
        .int()
        .min(2)
        .max(2 ** 17),
      r: z.number().int().min(1).max(8),
      p: z.number().int().min(1).max(4),
    }),
    z.object({ kind: z.literal('rsa-oaep-sha256'), fingerprint: z.string(), wrapped: base64 }),
    z.object({ kind: z.literal('ecdh-hkdf-sha256'), fingerprint: z.string(), ephemeral: base64, salt: base64 }),
  ]),
});
type Header = z.infer<typeof header>;
type KeyHeader = Header['key'];

/** @throws SealedFileError when the passphrase is too short, or the certificate is expired or of a kind that cannot encrypt */
export function sealFile(content: Uint8Array, to: Recipient, now = new Date()): Buffer {
  const { key, keyHeader } =
    to.kind === 'passphrase' ? ofPassphrase(to.passphrase) : ofCertificate(to.certificate, now);
  const nonce = randomBytes(NONCE_BYTES);
  const says: Header = {
    format: FORMAT,
    version: 1,
    createdAt: now.toISOString(),
    nonce: nonce.toString('base64'),
    key: keyHeader,
  };
  const line = Buffer.from(`${JSON.stringify(says)}\n`);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(line);
  return Buffer.concat([line, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SealedFileError when it is no such file, was changed, or is for somebody else */
export function openSealedFile(file: Buffer, by: Opener): Buffer {
  const end = file.subarray(0, LONGEST_HEADER).indexOf('\n') + 1;
  const says = headerOf(file.subarray(0, end));
  const body = file.subarray(end);
  if (body.length < TAG_BYTES) throw new SealedFileError('The export is cut short. Take another copy of it.');
  const key = keyFor(says.key, by);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(says.nonce, 'base64'))
      .setAAD(file.subarray(0, end))
      .setAuthTag(body.subarray(body.length - TAG_BYTES));
    return Buffer.concat([decipher.update(body.subarray(0, body.length - TAG_BYTES)), decipher.final()]);
  } catch {
    const wrong = by.kind === 'passphrase' ? 'the passphrase is another one' : 'the key is another one';
    throw new SealedFileError(`The export cannot be opened: ${wrong}, or the file was changed. Nothing was written.`);
  }
}

function headerOf(line: Buffer): Header {
  try {
    return header.parse(JSON.parse(line.toString('utf8')));
  } catch {
    throw new SealedFileError('The file is not an export of a vault that this version reads. Check the path.');
  }
}

function ofPassphrase(passphrase: string): { key: Buffer; keyHeader: KeyHeader } {
  if (passphrase.length < SHORTEST_PASSPHRASE) {
    throw new SealedFileError(`The passphrase must have at least ${SHORTEST_PASSPHRASE} characters.`);
  }
  const salt = randomBytes(KEY_BYTES);
  const key = scryptSync(passphrase, salt, KEY_BYTES, { ...COST, maxmem: SCRYPT_MEMORY });
  return { key, keyHeader: { kind: 'scrypt', salt: salt.toString('base64'), ...COST } };
}

function ofCertificate(pem: string, now: Date): { key: Buffer; keyHeader: KeyHeader } {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    throw new SealedFileError('The certificate cannot be read. It must be an X.509 certificate in PEM.');
  }
  if (now < certificate.validFromDate || now > certificate.validToDate) {
    throw new SealedFileError('The certificate is not valid at this time. Use one that is.');
  }
  const { publicKey, fingerprint256: fingerprint } = certificate;
  switch (publicKey.asymmetricKeyType) {
    case 'rsa': {
      if ((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) < SHORTEST_RSA_BITS) {
        throw new SealedFileError(`The RSA key of the certificate has fewer than ${SHORTEST_RSA_BITS} bits.`);
      }
      const key = randomBytes(KEY_BYTES);
      const wrapped = publicEncrypt({ key: publicKey, ...OAEP }, key).toString('base64');
      return { key, keyHeader: { kind: 'rsa-oaep-sha256', fingerprint, wrapped } };
    }
    case 'ec':
    case 'x25519': {
      const ephemeral = ephemeralFor(publicKey);
      const salt = randomBytes(KEY_BYTES);
      const key = agreedKey(ephemeral.privateKey, publicKey, salt);
      const spki = ephemeral.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
      return {
        key,
        keyHeader: { kind: 'ecdh-hkdf-sha256', fingerprint, ephemeral: spki, salt: salt.toString('base64') },
      };
    }
    default:
      throw new SealedFileError(
        'The key of the certificate only signs. Use a certificate with an RSA, EC or X25519 key.',
      );
  }
}

const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

function ephemeralFor(publicKey: KeyObject) {
  const { namedCurve } = publicKey.asymmetricKeyDetails ?? {};
  return publicKey.asymmetricKeyType === 'x25519' || namedCurve === undefined
    ? generateKeyPairSync('x25519')
    : generateKeyPairSync('ec', { namedCurve });
}

function agreedKey(privateKey: KeyObject, publicKey: KeyObject, salt: Buffer): Buffer {
  const agreed = diffieHellman({ privateKey, publicKey });
  return Buffer.from(hkdfSync('sha256', agreed, salt, FORMAT, KEY_BYTES));
}

function keyFor(says: KeyHeader, by: Opener): Buffer {
  if (says.kind === 'scrypt') {
    if (by.kind !== 'passphrase') {
      throw new SealedFileError('The export is encrypted to a passphrase. Give it with --passphrase-file.');
    }
    const { salt, N, r, p } = says;
    return scryptSync(by.passphrase, Buffer.from(salt, 'base64'), KEY_BYTES, { N, r, p, maxmem: SCRYPT_MEMORY });
  }
  if (by.kind !== 'private key') {
    throw new SealedFileError(
      `The export is encrypted to the certificate with the SHA-256 fingerprint ${says.fingerprint}. Give its private key with --private-key.`,
    );
  }
  const privateKey = privateKeyOf(by);
  try {
    if (says.kind === 'rsa-oaep-sha256') {
      return privateDecrypt({ key: privateKey, ...OAEP }, Buffer.from(says.wrapped, 'base64'));
    }
    const ephemeral = createPublicKey({ key: Buffer.from(says.ephemeral, 'base64'), type: 'spki', format: 'der' });
    return agreedKey(privateKey, ephemeral, Buffer.from(says.salt, 'base64'));
  } catch {
    throw new SealedFileError(
      `The private key is not that of the certificate with the SHA-256 fingerprint ${says.fingerprint}, or the file was changed. Nothing was written.`,
    );
  }
}

function privateKeyOf({ privateKey, passphrase }: Extract<Opener, { kind: 'private key' }>): KeyObject {
  try {
    return createPrivateKey({ key: privateKey, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    throw new SealedFileError(
      'The private key cannot be read. It must be PEM; where it has a passphrase, give that with --passphrase-file.',
    );
  }
}
