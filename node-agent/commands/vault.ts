/** The commands of the vault: opt-outs and new site secrets. Identifiers come on standard input. */
import { readFileSync } from 'node:fs';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { removeStaleTrees } from '../assembly/materialise-side.ts';
import { buildOptOutDesk } from '../assembly/vault-side.ts';
import { ObjectStore } from '../pipeline/object-store.ts';
import { dataFolderAt } from '../store/data-folder.ts';
import { StartUpError } from '../store/errors.ts';
import { isFolderLocked, lockDataFolder } from '../store/folder-lock.ts';
import { rotate } from '../vault/keyring.ts';
import { type OptOut, OptOutError } from '../vault/opt-outs.ts';
import { readStudyIdFile, StudyIdFileError } from '../vault/study-id-file.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';
import { firstLine } from './standard-input.ts';
import { vaultExport, vaultRestore } from './vault-export.ts';
import { REIDENTIFY_COMMANDS } from './vault-reidentify.ts';

const ACTOR = 'command line';
const POLL_MS = 200;

const optOut: Command = {
  name: ['vault', 'opt-out'],
  usage: 'vault opt-out [--issuer ISSUER | --every-issuer] < Patient ID',
  summary: 'Withdraws everything of a patient who objects, and takes nothing of the patient from now on.',
  options: { issuer: { type: 'string' }, 'every-issuer': { type: 'boolean' } },
  positionals: 0,
  run: async (context) => {
    const everyIssuer = context.values['every-issuer'] === true;
    if (everyIssuer && context.values.issuer !== undefined) {
      throw new UsageError('Either one issuer is meant or every one: leave out --issuer or --every-issuer.');
    }
    const objector = await objectorOf(context);
    return withVault(context.dataFolder, async (foundation) => {
      const { id } = foundation.optOuts.enter(objector, ACTOR, everyIssuer);
      foundation.audit.record({ actor: ACTOR, action: 'patient.opted-out', subject: id });
      print(sentenceOf(await withdrawn(foundation, id)));
      return 0;
    });
  },
};

const optOutUndo: Command = {
  name: ['vault', 'opt-out-undo'],
  usage: 'vault opt-out-undo --reason TEXT [--issuer ISSUER] < Patient ID',
  summary: 'Lets objects of a patient in again who takes an objection back. What was withdrawn has to be sent again.',
  options: { issuer: { type: 'string' }, reason: { type: 'string' } },
  positionals: 0,
  run: async (context) => {
    const reason = String(context.values.reason ?? '').trim();
    if (reason === '') throw new UsageError('To take an objection back needs a reason: --reason TEXT.');
    const objector = await objectorOf(context);
    return withVault(context.dataFolder, ({ optOuts, audit }) => {
      const { id } = optOuts.undo(objector);
      audit.record({ actor: ACTOR, action: 'patient.opt-out-undone', subject: id, detail: reason });
      print('The objection is taken back. Objects of this patient are taken again; have them sent again.');
      return 0;
    });
  },
};

const rotateSecret: Command = {
  name: ['vault', 'rotate'],
  usage: 'vault rotate',
  summary: 'Makes a new site secret for patients who come from now on; those who are known keep theirs. Node stopped.',
  positionals: 0,
  run: async ({ dataFolder }) => {
    const lock = lockDataFolder(existingNode(dataFolder).lock);
    try {
      return await withVault(dataFolder, ({ folder, vaultDatabase, keyring, audit }) => {
        const epoch = rotate(folder.keys, vaultDatabase, keyring);
        audit.record({ actor: ACTOR, action: 'vault.rotated', subject: `epoch ${epoch}` });
        print(
          `Epoch ${epoch} has begun: patients who come for the first time get pseudonyms of the new site secret. Every older secret is still needed; back up the folder keys, or make a new export with "gatehouse vault export".`,
        );
        return 0;
      });
    } finally {
      lock.release();
    }
  },
};

const listImport: Command = {
  name: ['vault', 'list-import'],
  usage: 'vault list-import FILE.csv [--replace]',
  summary:
    'Adds study IDs to the list, or replaces it: original_id[,issuer],study_id. Patients who are known keep theirs.',
  options: { replace: { type: 'boolean' } },
  positionals: 1,
  run: ({ dataFolder, values, positionals: [file = ''] }) =>
    withVault(dataFolder, ({ studyIds, audit }) => {
      const { added, repeated, kept } = studyIds.import(readStudyIdFile(readGiven(file)), values.replace === true);
      const done = `${added} study IDs imported, ${repeated} were there already; the list has ${studyIds.count()}.`;
      audit.record({ actor: ACTOR, action: 'vault.list-imported', subject: 'study IDs', detail: done });
      print(kept === 0 ? done : `${done} ${kept} patients have another pseudonym already and keep it.`);
      return 0;
    }),
};

export const VAULT_COMMANDS: readonly Command[] = [
  optOut,
  optOutUndo,
  rotateSecret,
  listImport,
  vaultExport,
  vaultRestore,
  ...REIDENTIFY_COMMANDS,
];

function readGiven(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new StartUpError('The file does not exist or may not be read. Check the path.');
  }
}

/** Who objects. An issuer is that of (0010,0021); left out, it does not matter. */
async function objectorOf({ values }: CommandContext) {
  const patientId = (await firstLine('Patient ID')).trim();
  if (patientId === '') throw new UsageError('The Patient ID is read from standard input, and there was none.');
  return { patientId, issuer: typeof values.issuer === 'string' ? values.issuer : undefined };
}

async function withVault(root: string, work: (foundation: Foundation) => Promise<number> | number): Promise<number> {
  const foundation = openFoundation(existingNode(root).root);
  try {
    return await work(foundation);
  } catch (error) {
    if (error instanceof OptOutError || error instanceof StudyIdFileError) throw new StartUpError(error.message);
    throw error;
  } finally {
    foundation.close();
  }
}

/** By the node that runs on the folder, which looks for opt-outs every second; by this command where none does. */
async function withdrawn(foundation: Foundation, id: string): Promise<OptOut> {
  const { folder, optOuts } = foundation;
  for (;;) {
    const found = optOuts.find(id);
    if (found?.state === 'withdrawn') return found;
    if (!isFolderLocked(dataFolderAt(folder.root).lock)) await withdrawHere(foundation);
    else await new Promise((done) => setTimeout(done, POLL_MS));
  }
}

async function withdrawHere(foundation: Foundation): Promise<void> {
  const lock = lockDataFolder(foundation.folder.lock);
  try {
    const logger = { error: (message: string) => void process.stderr.write(`${message}\n`) };
    await buildOptOutDesk(foundation, new ObjectStore(foundation.folder.root), logger, () => {}).finishAll();
    await removeStaleTrees(foundation, logger);
  } finally {
    lock.release();
  }
}

function sentenceOf({ id, objects, unreadable }: OptOut): string {
  const sentences = [
    `Opt-out ${id}: ${objects} objects withdrawn. Whatever comes of this patient from now on is refused.`,
    ...(unreadable > 0
      ? [
          `${unreadable} stopped objects cannot be read, so nobody can say whose they are; look at them in the quarantine.`,
        ]
      : []),
  ];
  return sentences.join(' ');
}
