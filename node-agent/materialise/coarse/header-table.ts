/** What each choice of a dataset takes out of the header of an object; the table is `data/coarse-headers.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Generalisation, LEVELS } from '../../catalogue/generalisation/generalisation.ts';
import type { Tag } from '../../dicom/data-set.ts';
import { tagOf } from '../../dicom/dictionary.ts';

const FILE = join(import.meta.dirname, '..', 'data', 'coarse-headers.json');

const keyword = z.string().regex(/^[A-Z][A-Za-z0-9]+$/u);
const choice = z.enum(['age', 'sex', 'device', 'bodyPart']);
const uid = z.string().regex(/^[0-9.]+$/u);
const fileSchema = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  /** Attributes that go from a level on. */
  emptied: z.array(z.strictObject({ choice, from: z.string(), keywords: z.array(keyword) })),
  /** Sequences among them that are no codes and may be absent (type 3). */
  removed: z.array(keyword),
  /** Dates that are versions of tables and decisions, not days of a patient. */
  notOfPatient: z.array(keyword),
  /** Content items of structured reports that go from a level on, by the code value of their concept. */
  concepts: z.array(z.strictObject({ choice, from: z.string(), codes: z.array(z.string().min(1)) })),
  /** Attributes whose value nobody can look into. */
  opaque: z.array(keyword),
  neutral: z.strictObject({
    text: z.string().min(1),
    date: z.string().regex(/^\d{8}$/u),
    uid,
    code: z.strictObject({ value: z.string().min(1), scheme: z.string().min(1), meaning: z.string().min(1) }),
  }),
  /** Of type 1 or 1C in an item of some sequence. */
  requiredInItems: z.array(keyword),
  /** Of type 1 or 1C at the top of objects of these classes. */
  required: z.array(z.strictObject({ attributes: z.array(keyword), sopClasses: z.array(uid) })),
});

export type NeutralValues = z.infer<typeof fileSchema>['neutral'];

/** The table as it holds for the choices of one dataset. */
export interface HeaderRules {
  readonly version: string;
  readonly emptied: ReadonlySet<Tag>;
  /** Those of them that go altogether. */
  readonly removed: ReadonlySet<Tag>;
  readonly concepts: ReadonlySet<string>;
  readonly notOfPatient: ReadonlySet<Tag>;
  readonly opaque: readonly Tag[];
  readonly neutral: NeutralValues;
  /** Whether the attribute may not be empty there. @param sopClassUid of the object; undefined inside an item */
  requires(tag: Tag, sopClassUid: string | undefined): boolean;
}

/** @throws Error naming the file and the place when it is missing or malformed */
export function headerRules(choices: Generalisation, file: string = FILE): HeaderRules {
  const { version, emptied, removed, concepts, notOfPatient, opaque, neutral, requiredInItems, required } = read(file);
  const holds = (one: { choice: z.infer<typeof choice>; from: string }) => {
    const levels: readonly string[] = LEVELS[one.choice];
    return levels.indexOf(choices[one.choice]) >= levels.indexOf(one.from);
  };
  const tags = (keywords: readonly string[]) => new Set(keywords.map(tagOf));
  const inItems = tags(requiredInItems);
  const known = new Set(required.flatMap(({ sopClasses }) => sopClasses));
  const byClass = (sopClassUid: string) =>
    required.filter(({ sopClasses }) => !known.has(sopClassUid) || sopClasses.includes(sopClassUid));
  const atTop = new Map<string, ReadonlySet<Tag>>();
  return {
    version,
    emptied: tags(emptied.filter(holds).flatMap(({ keywords }) => keywords)),
    removed: tags(removed),
    concepts: new Set(concepts.filter(holds).flatMap(({ codes }) => codes)),
    notOfPatient: tags(notOfPatient),
    opaque: [...tags(opaque)],
    neutral,
    requires: (tag, sopClassUid) => {
      if (sopClassUid === undefined) return inItems.has(tag);
      const own = atTop.get(sopClassUid) ?? tags(byClass(sopClassUid).flatMap(({ attributes }) => attributes));
      atTop.set(sopClassUid, own);
      return own.has(tag);
    },
  };
}

function read(file: string): z.infer<typeof fileSchema> {
  try {
    const table = fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    for (const one of [...table.emptied, ...table.concepts]) {
      const levels: readonly string[] = LEVELS[one.choice];
      if (!levels.includes(one.from)) throw new Error(`The choice ${one.choice} has no level ${one.from}.`);
    }
    return table;
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The table ${file} cannot be used: ${reason}. Restore the file of the release.`);
  }
}
