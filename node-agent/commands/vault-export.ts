/** The vault in escrow: an encrypted export, and what is made of it again. */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { openFoundation, VAULT_DATABASE_MIGRATIONS } from '../assembly/foundation.ts';
import { createDataFolder } from '../store/data-folder.ts';
import { openDatabase } from '../store/database.ts';
import { StartUpError } from '../store/errors.ts';
import { lockDataFolder } from '../store/folder-lock.ts';
import { type Opener, openSealedFile, type Recipient, SealedFileError, sealFile } from '../vault/sealed-file.ts';
import { restoreVault, VaultRestoreError, vaultContent } from '../vault/vault-content.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

export const vaultExport: Command = {
  name: ['vault', 'export'],
  usage: 'vault export FILE --passphrase-file FILE | --certificate PEM',
  summary: 'Writes all site secrets and the identity table into an encrypted file, to be kept apart from the node.',
  options: { 'passphrase-file': { type: 'string' }, certificate: { type: 'string' } },
  positionals: 1,
  run: async ({ dataFolder, values, positionals: [file = ''] }) => {
    const to = recipientOf(values);
    const foundation = openFoundation(existingNode(dataFolder).root);
    try {
      const { vaultDatabase, keyring, audit } = foundation;
      const sealed = inWords(() => sealFile(vaultContent(vaultDatabase, keyring), to));
      writeNew(file, sealed);
      const detail = `${keyring.epochs.length} epochs, encrypted to a ${to.kind}`;
      audit.record({ actor: 'command line', action: 'vault.exported', subject: 'vault', detail });
      print(
        `Exported: ${detail}. Keep the file and what opens it in different places, and prove it with "gatehouse vault restore" into an empty data folder.`,
      );
      return 0;
    } finally {
      foundation.close();
    }
  },
};

export const vaultRestore: Command = {
  name: ['vault', 'restore'],
  usage: 'vault restore FILE --passphrase-file FILE | --private-key PEM [--passphrase-file FILE]',
  summary:
    'Makes the vault of an empty data folder from an export, or gives a vault its lost secrets back. Node stopped.',
  options: { 'passphrase-file': { type: 'string' }, 'private-key': { type: 'string' } },
  positionals: 1,
  run: async ({ dataFolder, values, positionals: [file = ''] }) => {
    const by = openerOf(values);
    // Opened before the data folder is made: a wrong passphrase leaves nothing behind.
    const content = inWords(() => openSealedFile(read(file, 'export'), by));
    const folder = createDataFolder(dataFolder);
    const lock = lockDataFolder(folder.lock);
    try {
      const database = openDatabase(folder.vaultDatabase, VAULT_DATABASE_MIGRATIONS);
      let sentence: string;
      try {
        const restored = inWords(() => restoreVault(content, folder.keys, database));
        sentence =
          restored.kind === 'everything'
            ? `Restored: ${restored.epochs} epochs and ${restored.patients} patients.`
            : `The vault has its site secrets again (${restored.epochs} epochs); its patients were not touched.`;
      } finally {
        database.close();
      }
      recordRestore(dataFolder, sentence);
      print(sentence);
      return 0;
    } finally {
      lock.release();
    }
  },
};

/** Opens the whole foundation, which proves that secrets and rows belong together. */
function recordRestore(root: string, detail: string): void {
  const foundation = openFoundation(root);
  foundation.audit.record({ actor: 'command line', action: 'vault.restored', subject: 'vault', detail });
  foundation.close();
}

function recipientOf({ 'passphrase-file': passphrase, certificate }: CommandContext['values']): Recipient {
  if (typeof passphrase === 'string' && certificate === undefined)
    return { kind: 'passphrase', passphrase: passphraseIn(passphrase) };
  if (typeof certificate === 'string' && passphrase === undefined) {
    return { kind: 'certificate', certificate: read(certificate, 'certificate').toString('utf8') };
  }
  throw new UsageError('Encrypt either to a passphrase (--passphrase-file) or to a certificate (--certificate).');
}

function openerOf({ 'passphrase-file': file, 'private-key': key }: CommandContext['values']): Opener {
  const passphrase = typeof file === 'string' ? passphraseIn(file) : undefined;
  if (typeof key === 'string')
    return { kind: 'private key', privateKey: read(key, 'private key').toString('utf8'), passphrase };
  if (passphrase !== undefined) return { kind: 'passphrase', passphrase };
  throw new UsageError('Say what opens the export: --passphrase-file or --private-key.');
}

/** A line end belongs to the file, not to the passphrase. */
function passphraseIn(file: string): string {
  return read(file, 'passphrase')
    .toString('utf8')
    .replace(/\r?\n$/u, '');
}

function read(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new StartUpError(`The file of the ${what} does not exist or may not be read. Check the path.`);
  }
}

function writeNew(file: string, bytes: Buffer): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch (error) {
    const why =
      (error as { code?: string }).code === 'EEXIST'
        ? 'there is a file of this name already'
        : 'it cannot be made there';
    throw new StartUpError(`The export was not written: ${why}. Choose another name.`);
  }
  try {
    let written = 0;
    while (written < bytes.length) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function inWords<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SealedFileError || error instanceof VaultRestoreError) throw new StartUpError(error.message);
    throw error;
  }
}
