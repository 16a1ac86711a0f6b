/** Translates a pydicom deid recipe. */
import { tagOf, tagsWhere, tagText } from '../../../dicom/dictionary.ts';
import { patternProblem } from '../../derived/safe-pattern.ts';
import { namedTag } from '../ctp/names.ts';
import { ImportError, type ImportProblem, refuseImport } from '../import-error.ts';
import type { Decision, ImportedRule, Wish } from '../imported-rule.ts';
import type { ProfileDraft } from '../profile-draft.ts';
import { tagPattern, tagsOfPattern } from '../tag-selection.ts';
import { type RecipeLine, readRecipe } from './recipe-lines.ts';

/** Of two actions on one field the first of these is carried out. */
const PRECEDENCE = ['KEEP', 'ADD', 'REPLACE', 'JITTER', 'REMOVE', 'BLANK', 'LABEL'] as const;
type Action = (typeof PRECEDENCE)[number];
type Selector = ImportedRule['selector'];

const UID_FUNCTIONS = ['dicom_uuid', 'pydicom_uuid', 'suffix_uuid', 'basic_uuid', 'simple_uuid'];
const SAME_SHIFT = 'All dates of a patient are moved by the same keyed number of days, not by the days of the recipe.';
const KEYED_UID = 'The new UID is keyed and the same everywhere, so references stay.';
const PIXELS =
  'Gatehouse does not clean pixels: objects whose pixels may show text are kept back, whatever a filter says.';

interface HeaderLine {
  readonly line: number;
  readonly action: Action;
  readonly selectors: readonly Selector[];
  readonly field: string;
  readonly value: string;
}

/** @throws ImportError with every line that is unknown, contradictory or malformed */
export function importDeid(text: string, draft: ProfileDraft): void {
  const problems: ImportProblem[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      problems.push(...error.problems);
    }
  };
  const lines = readRecipe(text);
  const fields = new Map<string, Selector[]>();
  const header: HeaderLine[] = [];
  for (const line of lines) if (line.section === 'fields') attempt(() => readField(line, fields, draft));
  for (const line of lines) {
    if (line.section === 'header') attempt(() => header.push(...headerLine(line, fields, draft)));
    else if (line.section !== 'fields') reportOnly(line, draft);
  }
  attempt(() => refuseContradictions(header));
  if (problems.length > 0) throw new ImportError(problems.toSorted((left, right) => left.line - right.line));
  const order = (action: Action): number => PRECEDENCE.indexOf(action);
  for (const entry of header.toSorted((left, right) => order(left.action) - order(right.action)))
    addRules(entry, draft);
  draft.remark('Fields that the recipe does not name are decided by the extended profile.');
}

function reportOnly({ line, section, words }: RecipeLine, draft: ProfileDraft): void {
  if (section === 'frame') draft.line(line, words.join(' '), 'off');
  else if (section === 'labels') draft.line(line, 'label of the recipe', 'off', 'It changes no object.');
  else if (section === 'filter') draft.line(line, 'filter of pixels', 'untranslated', PIXELS);
  else
    draft.line(
      line,
      'group of values',
      'untranslated',
      'Values are not looked for by recipe; Gatehouse takes what identifies the patient out of every text that stays.',
    );
}

function readField(recipeLine: RecipeLine, fields: Map<string, Selector[]>, draft: ProfileDraft): void {
  const { line, group, words } = recipeLine;
  const [word = '', selector = ''] = words;
  if (word.toUpperCase() !== 'FIELD' || selector === '')
    refuseImport(line, 'A line of %fields is written as FIELD selector; correct it.');
  fields.set(group, [...(fields.get(group) ?? []), ...selectorsOf(selector, line, () => true)]);
  draft.line(line, `fields of a group`, 'translated', 'They are written into the rules that use the group.');
}

function headerLine(
  recipeLine: RecipeLine,
  fields: ReadonlyMap<string, Selector[]>,
  draft: ProfileDraft,
): HeaderLine[] {
  const { line, words } = recipeLine;
  const [word = '', field = '', ...rest] = words;
  const action =
    PRECEDENCE.find((known) => known === word.toUpperCase()) ??
    refuseImport(line, `There is no action of this name; there are ${PRECEDENCE.join(', ')}.`);
  if (field === '') refuseImport(line, `${action} needs a field after it; add one.`);
  if (action === 'LABEL') {
    draft.line(line, 'LABEL', 'off', 'It changes no object.');
    return [];
  }
  const value = rest.join(' ');
  if ((action === 'ADD' || action === 'REPLACE' || action === 'JITTER') && value === '')
    refuseImport(line, `${action} needs a value after the field; add one.`);
  if (field.startsWith('values:')) {
    draft.line(
      line,
      `${action} fields with given values`,
      'untranslated',
      'Values are not looked for by recipe; Gatehouse takes what identifies the patient out of every text that stays.',
    );
    return [];
  }
  if (field.startsWith('fields:')) {
    const selectors =
      fields.get(field.slice(7)) ?? refuseImport(line, 'There is no %fields section of this name; add it.');
    return [{ line, action, selectors, field: 'fields of a group', value }];
  }
  const dated = action === 'JITTER';
  const selectors = selectorsOf(field, line, (vr) => !dated || vr === 'DA' || vr === 'DT', canBePattern(action));
  return [{ line, action, selectors, field, value }];
}

function canBePattern(action: Action): boolean {
  return action === 'KEEP' || action === 'REMOVE' || action === 'BLANK';
}

/** @param patterns whether all fields may be written as one pattern */
function selectorsOf(text: string, line: number, wanted: (vr: string) => boolean, patterns = false): Selector[] {
  const privately = /^\(([0-9A-Fa-f]{3}[13579BDFbdf]),"([^"]{1,64})",([0-9A-Fa-f]{2})\)$/.exec(text);
  if (privately !== null)
    return [{ private: { group: privately[1] ?? '', creator: privately[2] ?? '', element: privately[3] ?? '' } }];
  const pattern = tagPattern(text);
  if (pattern !== undefined) return tagsOfPattern(pattern, wanted).map((tag) => ({ tag }));
  if (text.toUpperCase() === 'ALL')
    return patterns
      ? [{ tag: '(xxxx,xxxx)' }]
      : tagsWhere(({ vr }) => wanted(vr)).map((tag) => ({ tag: tagText(tag) }));
  const [kind = '', ...rest] = text.split(':');
  const argument = rest.join(':');
  const keyworded = (fits: (keyword: string) => boolean): Selector[] => {
    const tags = tagsWhere(({ keyword, vr }) => keyword !== '' && wanted(vr) && fits(keyword.toLowerCase()));
    if (tags.length === 0) refuseImport(line, 'No attribute of PS3.6 is meant by this selector; correct it.');
    return tags.map((tag) => ({ tag: tagText(tag) }));
  };
  const words = argument.toLowerCase();
  switch (kind.toLowerCase()) {
    case 'startswith':
      return keyworded((keyword) => alternatives(words, line).some((word) => keyword.startsWith(word)));
    case 'endswith':
      return keyworded((keyword) => alternatives(words, line).some((word) => keyword.endsWith(word)));
    case 'contains': {
      const problem = patternProblem(words);
      if (problem !== undefined) refuseImport(line, problem);
      const form = new RegExp(words, 'u');
      return keyworded((keyword) => form.test(keyword));
    }
    case 'except': {
      const form = new Set(alternatives(words, line));
      return keyworded((keyword) => !form.has(keyword));
    }
    case 'select': {
      const [by = '', what = ''] = argument.split(':');
      if (by.toUpperCase() === 'VR')
        return tagsWhere(({ vr }) => wanted(vr) && vr === what.toUpperCase()).map((tag) => ({ tag: tagText(tag) }));
      if (by.toLowerCase() === 'group' && /^[0-9A-Fa-f]{4}$/.test(what))
        return tagsOfPattern(`(${what},xxxx)`.toLowerCase(), wanted).map((tag) => ({ tag }));
      return refuseImport(line, 'select: is followed by VR:… or group:gggg; correct it.');
    }
  }
  try {
    return [{ tag: tagText(tagOf(text)) }];
  } catch {
    return refuseImport(
      line,
      `PS3.6 has no attribute "${text.slice(0, 64)}"; correct the keyword or write (gggg,eeee).`,
    );
  }
}

function alternatives(words: string, line: number): string[] {
  const found = words.split('|').filter((word) => word !== '');
  return found.length === 0 ? refuseImport(line, 'The selector names no word; add one.') : found;
}

/** The same action with another value on the same field. */
function refuseContradictions(header: readonly HeaderLine[]): void {
  const seen = new Map<string, HeaderLine>();
  for (const entry of header) {
    if (entry.selectors.length !== 1) continue;
    const key = `${entry.action} ${JSON.stringify(entry.selectors[0])}`;
    const before = seen.get(key);
    if (before !== undefined && before.value !== entry.value)
      refuseImport(
        entry.line,
        `Line ${before.line} says ${entry.action} for the same field and contradicts it; remove one of the two.`,
      );
    seen.set(key, entry);
  }
}

function addRules({ line, action, selectors, field, value }: HeaderLine, draft: ProfileDraft): void {
  const shown =
    selectors.length === 1 && selectors[0] !== undefined && 'tag' in selectors[0] ? namedTag(selectors[0].tag) : field;
  for (const selector of selectors) {
    const decision = decisionOf(action, value);
    draft.rule({ line, what: `${action} ${shown.slice(0, 100)}`, selector, decisions: [decision] });
  }
  if (selectors.length === 0)
    draft.line(line, `${action} ${shown.slice(0, 100)}`, 'no-rule-needed', 'It means no attribute of PS3.6.');
}

function decisionOf(action: Action, value: string): Decision {
  const decision = (wish: Wish, ...notes: string[]): Decision => ({ tests: [], wish, notes });
  switch (action) {
    case 'KEEP':
      return decision({ does: 'keep' });
    case 'REMOVE':
      return decision({ does: 'remove' });
    case 'BLANK':
      return decision({ does: 'empty' });
    case 'JITTER':
      return decision({ does: 'shift-date' }, SAME_SHIFT);
    default:
      return { ...written(value, decision), create: action === 'ADD' };
  }
}

function written(value: string, decision: (wish: Wish, ...notes: string[]) => Decision): Decision {
  const unlike = (reason: string): Decision => decision({ does: 'nothing-like-it', reason });
  if (value.startsWith('var:'))
    return unlike('The value is given by a program that runs deid; write the value itself.');
  if (value.startsWith('func:'))
    return unlike('The function belongs to a program that runs deid and cannot be imported.');
  if (!value.startsWith('deid_func:')) return decision({ does: 'constant', text: value });
  const name = value.slice(10).split(/\s/)[0] ?? '';
  if (name === 'jitter') return decision({ does: 'shift-date' }, SAME_SHIFT);
  if (UID_FUNCTIONS.includes(name)) return decision({ does: 'hash-uid' }, KEYED_UID);
  return unlike('Gatehouse knows no function of this name.');
}
