/**
 * The vocabularies: versioned data that map what scanners write to EUCAIM hyper-ontology codes and
 * to the codes the hub asks with. Files can be replaced without a release; they are validated here.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const texts = z.array(z.string().min(1)).default([]);

const conceptSchema = z.strictObject({
  /** EUCAIM hyper-ontology code without the IRI base, e.g. `IMG1000022`. */
  code: z.string().regex(/^[A-Z]+[0-9]+$/u),
  label: z.string().min(1),
  /** Defined terms of DICOM. */
  terms: texts,
  /** Other ways to write it; matched without case, accents and punctuation. */
  spellings: texts,
  /** Words that tell it anywhere in the value. */
  keywords: texts,
  /** SNOMED CT codes (scheme SCT) of Anatomic Region Sequence. */
  snomed: texts,
  /** SNOMED RT codes (schemes SRT, SNM3, 99SDM) of Anatomic Region Sequence. */
  srt: texts,
  /** Concepts this one lies within; it wins against them. */
  within: texts,
  /** Concepts that together make this one. */
  parts: texts,
  /** Values of the hub's search conditions that mean this concept. */
  hub: texts,
  /** Codes of the other ontology generation and narrower classes that mean this concept. */
  alternatives: texts,
});

const vocabularySchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  concepts: z.array(conceptSchema).min(1),
  /** Modalities that are not images and so have no image modality code. */
  notImages: texts,
  /** Values that say that the attribute has no meaning for the object. */
  notApplicable: texts,
  /** Words that also mean something else and are not looked for in free text. */
  notInText: texts,
  /** Body part that a modality can only be of. */
  impliedByModality: z.record(z.string(), z.string()).default({}),
  /** Who imported it at this node; absent in the tables of the release. */
  imported: z.strictObject({ by: z.string(), at: z.string() }).optional(),
});

export type Concept = z.infer<typeof conceptSchema>;
export type Vocabulary = z.infer<typeof vocabularySchema>;

/** How a vocabulary is called in its file name and where people name it. */
export const VOCABULARY_NAMES = {
  modality: 'modality',
  bodyPart: 'body-part',
  manufacturer: 'manufacturer',
  sex: 'sex',
  laterality: 'laterality',
  condition: 'condition',
} as const;

export type VocabularyName = keyof typeof VOCABULARY_NAMES;
export type Vocabularies = Readonly<Record<VocabularyName, Vocabulary>>;

const DATA_FOLDER = join(import.meta.dirname, 'data');

/**
 * Reads and validates `vocabulary-*.json` of a folder (default: the ones that come with Gatehouse).
 * @param ownFolder tables that were imported at this node; one that is there counts instead
 * @throws Error naming the file and the place when one is missing, malformed or contradicts itself
 */
export function loadVocabularies(folder: string = DATA_FOLDER, ownFolder?: string): Vocabularies {
  const entries = Object.entries(VOCABULARY_NAMES).map(([name, file]) => {
    const own = ownFolder === undefined ? undefined : vocabularyFile(ownFolder, file);
    return [name, readVocabulary(own !== undefined && existsSync(own) ? own : vocabularyFile(folder, file))];
  });
  return Object.fromEntries(entries) as Vocabularies;
}

/** Where a vocabulary stands in a folder. @param name as people name it, e.g. `body-part` */
export function vocabularyFile(folder: string, name: string): string {
  return join(folder, `vocabulary-${name}.json`);
}

/** What is to be a vocabulary. @throws Error naming the place where it is none */
export function parseVocabulary(content: unknown): Vocabulary {
  const vocabulary = vocabularySchema.parse(content);
  checkReferences(vocabulary);
  return vocabulary;
}

function readVocabulary(file: string): Vocabulary {
  try {
    return parseVocabulary(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The vocabulary ${file} cannot be used: ${reason}. Correct it or restore the one of the release.`);
  }
}

function checkReferences(vocabulary: Vocabulary): void {
  const codes = new Set<string>();
  for (const concept of vocabulary.concepts) {
    if (codes.has(concept.code)) throw new Error(`the code ${concept.code} is listed twice`);
    codes.add(concept.code);
  }
  const referred = vocabulary.concepts.flatMap((concept) => [...concept.within, ...concept.parts]);
  const lost = [...referred, ...Object.values(vocabulary.impliedByModality)].find((code) => !codes.has(code));
  if (lost) throw new Error(`it refers to the code ${lost}, which it does not list`);
}
