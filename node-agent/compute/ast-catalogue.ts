/** The keys a hub may ask about, as versioned data: what each means here and where it is looked up. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { CodedLabel } from '../harmonise/vocabulary-lookup.ts';

const coded = z.strictObject({
  key: z.string().min(1),
  label: z.string().min(1),
  kind: z.literal('coded'),
  level: z.enum(['dataset', 'patient', 'series']),
  vocabulary: z.enum(['sex', 'condition', 'modality', 'bodyPart', 'manufacturer']),
});
const plain = z.strictObject({
  key: z.string().min(1),
  label: z.string().min(1),
  /** `never`: the node has nothing it could compare truthfully. */
  kind: z.enum(['age', 'never']),
  level: z.literal('study'),
});
const catalogueFile = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  unknownValue: z.string().min(1),
  keys: z.array(z.discriminatedUnion('kind', [coded, plain])).min(1),
});

export type AstKey = z.infer<typeof catalogueFile>['keys'][number];
export type CodedAstKey = z.infer<typeof coded>;

/** What compute needs of the vocabularies. */
export interface HubVocabularies {
  hubConcept(vocabulary: CodedAstKey['vocabulary'], value: string): CodedLabel | undefined;
  concept(vocabulary: CodedAstKey['vocabulary'], code: string): CodedLabel | undefined;
}

/** What a value of a coded key asks for: a code of the index, or that nothing is known. */
export interface AskedValue {
  readonly label: string;
  /** Undefined where only the missing value is asked for. */
  readonly code: string | undefined;
  readonly orMissing: boolean;
}

const DATA_FILE = join(import.meta.dirname, 'data', 'ast-catalogue.json');

export class AstCatalogue {
  readonly version: string;
  readonly #keys: ReadonlyMap<string, AstKey>;
  readonly #unknownValue: string;
  readonly #vocabularies: HubVocabularies;

  /** @throws Error naming the file when it is missing or malformed */
  constructor(vocabularies: HubVocabularies, file: string = DATA_FILE) {
    const content = readCatalogue(file);
    this.version = content.version;
    this.#unknownValue = content.unknownValue;
    this.#keys = new Map(content.keys.map((key) => [key.key, key]));
    this.#vocabularies = vocabularies;
  }

  key(key: string): AstKey | undefined {
    return this.#keys.get(key);
  }

  /** What a value of a coded key means, or undefined where it is not known. */
  value(key: CodedAstKey, value: string): AskedValue | undefined {
    const concept = this.#vocabularies.hubConcept(key.vocabulary, value);
    if (value === this.#unknownValue) return { label: 'unknown', code: concept?.code, orMissing: true };
    return concept && { ...concept, orMissing: false };
  }
}

function readCatalogue(file: string): z.infer<typeof catalogueFile> {
  try {
    return catalogueFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(
      `The search catalogue ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`,
    );
  }
}
