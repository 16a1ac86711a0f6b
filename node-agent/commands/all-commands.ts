/** Every command by its first word. A command is loaded when it is called: a node that serves needs no parser of rules. */
import type { Command } from './command.ts';

interface CommandGroup {
  /** The first words that call one of these. */
  readonly words: readonly string[];
  readonly load: () => Promise<readonly Command[]>;
}

const GROUPS: readonly CommandGroup[] = [
  { words: ['serve'], load: async () => [(await import('./serve.ts')).serve] },
  { words: ['import'], load: async () => [(await import('./import.ts')).importCommand] },
  { words: ['deidentify'], load: async () => [(await import('./deidentify.ts')).deidentifyFolder] },
  { words: ['explain', 'profile'], load: async () => (await import('./explain.ts')).EXPLAIN_COMMANDS },
  { words: ['profile'], load: async () => (await import('./profile.ts')).PROFILE_COMMANDS },
  { words: ['status'], load: async () => [(await import('./status.ts')).status] },
  { words: ['doctor'], load: async () => [(await import('./doctor.ts')).doctor] },
  { words: ['audit'], load: async () => [(await import('./audit-verify.ts')).auditVerify] },
  { words: ['user'], load: async () => [(await import('./user-add.ts')).userAdd] },
  { words: ['peer', 'receiver'], load: async () => (await import('./peer.ts')).PEER_COMMANDS },
  { words: ['token'], load: async () => (await import('./token.ts')).TOKEN_COMMANDS },
  { words: ['record'], load: async () => (await import('./record.ts')).RECORD_COMMANDS },
  { words: ['text'], load: async () => (await import('./text.ts')).TEXT_COMMANDS },
  { words: ['vocabulary'], load: async () => (await import('./vocabulary.ts')).VOCABULARY_COMMANDS },
  { words: ['pacs'], load: async () => (await import('./pacs.ts')).PACS_COMMANDS },
  { words: ['retrieve'], load: async () => [(await import('./retrieve.ts')).retrieve] },
  { words: ['vault'], load: async () => (await import('./vault.ts')).VAULT_COMMANDS },
  { words: ['clinical'], load: async () => (await import('./clinical.ts')).CLINICAL_COMMANDS },
  { words: ['materialise', 'materialised'], load: async () => (await import('./materialise.ts')).MATERIALISE_COMMANDS },
  { words: ['index'], load: async () => (await import('./search-index.ts')).INDEX_COMMANDS },
  { words: ['conformance'], load: async () => [(await import('./conformance.ts')).conformance] },
  { words: ['nifti', 'nifti-landmarks'], load: async () => (await import('./nifti.ts')).NIFTI_COMMANDS },
  { words: ['openapi'], load: async () => [(await import('./open-api.ts')).openApi] },
];

/** In the order that help shows them. */
export async function allCommands(): Promise<readonly Command[]> {
  return (await Promise.all(GROUPS.map(({ load }) => load()))).flat();
}

/** The command that the words begin with; undefined when there is none. */
export async function commandFor(words: readonly string[]): Promise<Command | undefined> {
  for (const { load } of GROUPS.filter((group) => group.words.includes(words[0] ?? ''))) {
    const found = (await load()).find(({ name }) => name.every((word, index) => words[index] === word));
    if (found !== undefined) return found;
  }
  return undefined;
}
