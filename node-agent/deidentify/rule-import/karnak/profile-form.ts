/** Reads the form of a Karnak profile: YAML without anchors and tags of its own, with the line of each element. */
import { LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { ImportError, type ImportProblem, refuseImport } from '../import-error.ts';

export const CODENAMES = [
  'basic.dicom.profile',
  'clean.pixel.data',
  'clean.recognizable.visual.features',
  'replace.uid',
  'action.on.specific.tags',
  'action.on.privatetags',
  'action.on.dates',
  'expression.on.tags',
  'action.add.tag',
  'action.add.private.tag',
  'action.replace.api',
] as const;

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish();
const elementSchema = z.strictObject({
  name: text,
  codename: z.enum(CODENAMES, `write one of ${CODENAMES.join(', ')}`),
  condition: text,
  action: text,
  option: text,
  arguments: z.record(z.string(), text).nullish(),
  tags: z.array(text).nullish(),
  excludedTags: z.array(text).nullish(),
});
const formSchema = z.strictObject({
  name: text,
  version: text,
  minimumKarnakVersion: text,
  defaultIssuerOfPatientID: text,
  profileElements: z.array(elementSchema).min(1, 'a profile needs elements'),
  masks: z.array(z.unknown()).nullish(),
});

export interface KarnakElement extends z.infer<typeof elementSchema> {
  readonly line: number;
}

export interface KarnakForm {
  readonly elements: readonly KarnakElement[];
  /** Lines of masks. */
  readonly masks: readonly number[];
  /** The lines at the top, by key. */
  readonly head: readonly { readonly key: string; readonly line: number }[];
}

/** @throws ImportError */
export function readKarnak(source: string): KarnakForm {
  const lines = new LineCounter();
  const { document, value } = parsed(source, lines);
  const lineAt = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length -= 1) {
      const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] } | undefined;
      if (node?.range?.[0] !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  const result = formSchema.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map((issue): ImportProblem => {
      const place = issue.path.map(String).join('.');
      const keys = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => key.slice(0, 32)).join(', ') : '';
      const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
      const sentence = keys === '' ? `${place}: ${issue.message}.` : `A Karnak profile has no ${keys} here; remove it.`;
      return { line: lineAt(path), sentence };
    });
    throw new ImportError(problems.toSorted((left, right) => left.line - right.line));
  }
  const { profileElements, masks, ...head } = result.data;
  return {
    elements: profileElements.map((element, index) => ({ ...element, line: lineAt(['profileElements', index]) })),
    masks: (masks ?? []).map((_, index) => lineAt(['masks', index])),
    head: Object.keys(head).map((key) => ({ key, line: lineAt([key]) })),
  };
}

function parsed(source: string, lineCounter: LineCounter) {
  try {
    const document = parseDocument(source, { lineCounter, schema: 'core', uniqueKeys: true });
    const [error] = [...document.errors, ...document.warnings];
    if (error !== undefined) {
      const reason = error.code.toLowerCase().replaceAll('_', ' ');
      refuseImport(error.linePos?.[0].line ?? 1, `It is not plain YAML: ${reason}. Correct it there.`);
    }
    visit(document, {
      Alias: (_, node) =>
        refuseImport(
          lineCounter.linePos(node.range?.[0] ?? 0).line,
          'Anchors and aliases are not read, because they can grow without end; write the value out.',
        ),
    });
    return { document, value: document.toJS({ maxAliasCount: 0 }) as unknown };
  } catch (error) {
    if (error instanceof ImportError) throw error;
    // The parser calls itself for each level: too many are no profile.
    return refuseImport(1, 'The YAML is nested too deeply or otherwise unreadable; check that it is a Karnak profile.');
  }
}
