import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSealedFile, SealedFileError, sealFile } from '../../node-agent/vault/sealed-file.ts';
import { makeCertificate } from '../support/certificates.ts';
import { peer } from '../support/peers.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CONTENT = Buffer.from('PLANTED content of a vault');
const PASSPHRASE = 'a phrase nobody guesses';

function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SealedFileError);
    return (error as Error).message;
  }
  throw new Error('It was taken.');
}

/** A certificate and its key that openssl makes with these words. */
function selfSigned(...words: string[]): { certificate: string; privateKey: string } {
  const folder = temporaryFolder();
  const [certificate, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')];
  const common = ['req', '-x509', '-nodes', '-subj', '/CN=escrow', '-days', '9', '-keyout', key, '-out', certificate];
  execFileSync(peer('openssl') ?? 'openssl', [...common, ...words], { stdio: 'ignore' });
  return { certificate: readFileSync(certificate, 'utf8'), privateKey: readFileSync(key, 'utf8') };
}

describe('a file encrypted to a passphrase', () => {
  it('is opened by that passphrase and no other, and every changed byte is noticed', () => {
    const sealed = sealFile(CONTENT, { kind: 'passphrase', passphrase: PASSPHRASE });
    expect(sealed.includes('PLANTED')).toBe(false);
    const open = (file: Buffer, passphrase = PASSPHRASE) => openSealedFile(file, { kind: 'passphrase', passphrase });
    expect(open(sealed).equals(CONTENT)).toBe(true);
    expect(refused(() => open(sealed, `${PASSPHRASE}!`))).toContain(
      'the passphrase is another one, or the file was changed',
    );
    const places = [sealed.indexOf('createdAt') + 14, sealed.length - 20, sealed.length - 1];
    for (const place of places) {
      const changed = Buffer.from(sealed);
      changed[place] = (changed[place] ?? 0) ^ 1;
      refused(() => open(changed));
    }
    refused(() => open(sealed.subarray(0, sealed.length - 1)));
    expect(refused(() => open(Buffer.from('{}\nnot an export')))).toContain('not an export');
    expect(refused(() => openSealedFile(sealed, { kind: 'private key', privateKey: '' }))).toContain(
      '--passphrase-file',
    );
  });

  it('needs one that is long enough', () => {
    expect(refused(() => sealFile(CONTENT, { kind: 'passphrase', passphrase: 'short' }))).toContain('12 characters');
  });
});

describe.skipIf(!peer('openssl'))('a file encrypted to a certificate', () => {
  it.each([
    ['RSA', ['-newkey', 'rsa:2048']],
    ['P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
    ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ])('with a key of %s is opened by its private key and no other', (_name, words) => {
    const [mine, other] = [selfSigned(...words), selfSigned(...words)];
    const sealed = sealFile(CONTENT, { kind: 'certificate', certificate: mine.certificate });
    expect(sealed.includes('PLANTED')).toBe(false);
    const open = (privateKey: string, file = sealed) => openSealedFile(file, { kind: 'private key', privateKey });
    expect(open(mine.privateKey).equals(CONTENT)).toBe(true);
    expect(refused(() => open(other.privateKey))).toMatch(/private key is not that|key is another one/u);
    expect(refused(() => openSealedFile(sealed, { kind: 'passphrase', passphrase: PASSPHRASE }))).toContain(
      '--private-key',
    );
    const changed = Buffer.from(sealed);
    changed[sealed.length - 20] = (changed[sealed.length - 20] ?? 0) ^ 1;
    refused(() => open(mine.privateKey, changed));
  });

  it('needs one that can encrypt, long enough, and valid now', () => {
    const seal = (certificate: string) => () => sealFile(CONTENT, { kind: 'certificate', certificate });
    expect(refused(seal(selfSigned('-newkey', 'ed25519').certificate))).toContain('only signs');
    expect(refused(seal(selfSigned('-newkey', 'rsa:1024').certificate))).toContain('fewer than 2048 bits');
    expect(refused(seal('nonsense'))).toContain('cannot be read');
    const expired = makeCertificate(temporaryFolder(), 'expired', { days: -1 });
    expect(refused(seal(readFileSync(expired.certificateFile, 'utf8')))).toContain('not valid at this time');
  });
});
