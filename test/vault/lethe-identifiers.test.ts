import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LetheIdentifiers, loadLetheSecret } from '../../node-agent/vault/lethe-identifiers.ts';
import { Pseudonymiser } from '../../node-agent/vault/pseudonymiser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

interface Vectors {
  readonly secret: string;
  readonly patients: readonly { patientId: string; pseudonym: string }[];
  readonly uids: readonly { patientId: string; keyword: string; uid: string; replacement: string }[];
}

const vectors = JSON.parse(readFileSync(new URL('./lethe-vectors.json', import.meta.url), 'utf8')) as Vectors;
const SITE_SECRET = new Uint8Array(32).fill(7);
const lethe = new LetheIdentifiers(vectors.secret, new Pseudonymiser(SITE_SECRET));

describe("identifiers as EUCAIM's tool makes them", () => {
  it.each(vectors.patients)('the Patient ID "$patientId"', ({ patientId, pseudonym }) => {
    expect(lethe.patientPseudonym({ patientId })).toBe(pseudonym);
    expect(lethe.patientName(pseudonym)).toBe(`${pseudonym}^Anonymous`);
  });

  it.each(vectors.uids)('the $keyword $uid', ({ patientId, uid, replacement }) => {
    expect(lethe.uid(uid, lethe.patientPseudonym({ patientId }))).toBe(replacement);
  });

  it('another patient has another UID for the same original', () => {
    const of = (patientId: string) => lethe.uid('1.2.3', lethe.patientPseudonym({ patientId }));
    expect(of('A')).not.toBe(of('B'));
  });
});

describe('the secret of Lethe', () => {
  const keysWith = (text: string, mode = 0o600) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lethe-secret'), text);
    chmodSync(join(folder, 'lethe-secret'), mode);
    return folder;
  };

  it('is that of the file', () => {
    expect(loadLetheSecret(keysWith(`${vectors.secret}\n`), SITE_SECRET)).toBe(vectors.secret);
  });

  it('is refused when a digit is wrong or missing, or when others can read it', () => {
    for (const text of [vectors.secret.replace('7', '8'), vectors.secret.slice(1), 'secret', '']) {
      expect(() => loadLetheSecret(keysWith(text), SITE_SECRET)).toThrow(/check digit\. Copy it again/);
    }
    expect(() => loadLetheSecret(keysWith(vectors.secret, 0o644), SITE_SECRET)).toThrow(/chmod 600/);
  });

  it('without a file follows from the site secret, in the form that Lethe takes', () => {
    const folder = temporaryFolder();
    const derived = loadLetheSecret(folder, SITE_SECRET);
    expect(derived).toBe(loadLetheSecret(folder, SITE_SECRET));
    expect(derived).not.toBe(loadLetheSecret(folder, new Uint8Array(32).fill(8)));
    expect(loadLetheSecret(keysWith(derived), SITE_SECRET)).toBe(derived);
  });
});
