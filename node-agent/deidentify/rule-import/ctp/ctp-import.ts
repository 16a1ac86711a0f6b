/** Translates an RSNA CTP DICOM anonymizer script. */
import { tagText } from '../../../dicom/dictionary.ts';
import { ImportError, type ImportProblem, refuseImport } from '../import-error.ts';
import type { Decision } from '../imported-rule.ts';
import type { ProfileDraft } from '../profile-draft.ts';
import { parseAction, shownAction } from './action.ts';
import { waysOf } from './functions.ts';
import type { LookupTable } from './lookup-table.ts';
import { namedTag, ScriptNames } from './names.ts';
import { readScript, type ScriptLine } from './script-lines.ts';
import { decisionOf } from './ways.ts';

/** Groups whose elements stay when unspecified ones go: the image and its description. */
const NEVER_UNSPECIFIED = [0x0028, 0x7fe0];
const FIRST_GROUP = 0x0008;
const LAST_GROUP = 0xfffe;
const REMOVALS = ['privategroups', 'unspecifiedelements', 'curves', 'overlays'];
const SAFE_PRIVATE = 'safeprivateelements';

/** @throws ImportError with every line that is unknown, contradictory or malformed */
export function importCtp(text: string, draft: ProfileDraft, lookupTable: LookupTable | undefined): void {
  const { lines, silent } = readScript(text);
  for (const { line, what } of silent) draft.line(line, what, 'off');
  const problems: ImportProblem[] = [];
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      if (!(error instanceof ImportError)) throw error;
      problems.push(...error.problems);
    }
  };
  const context = { parameters: parametersOf(lines, draft, attempt), names: namesOf(lines, attempt), lookupTable };
  const elements = new Map<string, ScriptLine>();
  for (const scriptLine of lines.filter(({ kind }) => kind === 'e'))
    attempt(() => importElement(scriptLine, context, elements, draft));
  const globals = new Map<string, ScriptLine>();
  for (const scriptLine of lines.filter(({ kind }) => kind === 'k' || kind === 'r'))
    attempt(() => importGlobal(scriptLine, globals, draft));
  if (problems.length > 0) throw new ImportError(problems.toSorted((left, right) => left.line - right.line));
  const unspecified = globals.get('r unspecifiedelements');
  if (unspecified === undefined)
    draft.remark(
      'Elements that the script does not name pass CTP unchanged; here the extended profile decides about each of them.',
    );
  else importUnspecified(unspecified, keptGroups(globals), draft);
  draft.remark(
    'CTP reaches into a sequence only with @process(); here every rule holds at every depth, and nothing in a sequence stays unseen.',
  );
}

type Attempt = (work: () => void) => void;

function parametersOf(lines: readonly ScriptLine[], draft: ProfileDraft, attempt: Attempt): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const { line, kind, target, text } of lines) {
    if (kind !== 'p') continue;
    attempt(() => {
      if (parameters.has(target)) refuseImport(line, 'The parameter is given twice; remove one of the two lines.');
      parameters.set(target, text.trim());
      draft.line(
        line,
        `parameter ${target.slice(0, 64)}`,
        'translated',
        'Its value is written into the rules that use it.',
      );
    });
  }
  return parameters;
}

function namesOf(lines: readonly ScriptLine[], attempt: Attempt): ScriptNames {
  const names = new ScriptNames();
  for (const scriptLine of lines)
    if (scriptLine.kind === 'e') attempt(() => names.define(scriptLine.name, tagOfLine(scriptLine)));
  return names;
}

function tagOfLine({ target, line }: ScriptLine): string {
  const digits = /^[[(]?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})[\])]?$/.exec(target);
  if (digits === null) return refuseImport(line, 'An element is named by eight hexadecimal digits; correct t="…".');
  return tagText(Number.parseInt(`${digits[1]}${digits[2]}`, 16));
}

interface ScriptContext {
  readonly parameters: ReadonlyMap<string, string>;
  readonly names: ScriptNames;
  readonly lookupTable: LookupTable | undefined;
}

function importElement(
  scriptLine: ScriptLine,
  context: ScriptContext,
  earlier: Map<string, ScriptLine>,
  draft: ProfileDraft,
): void {
  const { line, on, text } = scriptLine;
  // Problems of the tag itself were found when the names were read.
  const digits = /^[[(]?[0-9A-Fa-f]{4},?[0-9A-Fa-f]{4}[\])]?$/.test(scriptLine.target);
  if (!digits) return;
  const self = tagOfLine(scriptLine);
  if (!on) {
    draft.line(line, namedTag(self), 'off', 'It is switched off; the extended profile decides.');
    return;
  }
  const before = earlier.get(self);
  if (before !== undefined) {
    const relation = before.text.trim() === text.trim() ? 'says the same' : 'contradicts it';
    refuseImport(
      line,
      `Line ${before.line} is about ${namedTag(self)} as well and ${relation}; remove one of the two.`,
    );
  }
  earlier.set(self, scriptLine);
  const action = parseAction(text.trim(), line);
  const decisions: Decision[] = waysOf(action, { ...context, line, self }).map((way) => decisionOf(way, self));
  draft.rule({ line, what: `${namedTag(self)} ${shownAction(action)}`, selector: { tag: self }, decisions });
}

function importGlobal(scriptLine: ScriptLine, globals: Map<string, ScriptLine>, draft: ProfileDraft): void {
  const { line, kind, on, target } = scriptLine;
  const group = kind === 'k' && /^[0-9A-Fa-f]{4}$/.test(target);
  const known = group || (kind === 'k' ? target === SAFE_PRIVATE : REMOVALS.includes(target));
  if (!known)
    refuseImport(
      line,
      kind === 'k'
        ? `<k> names a group as four hexadecimal digits or ${SAFE_PRIVATE}; correct t="…".`
        : `<r> knows ${REMOVALS.join(', ')}; correct t="…".`,
    );
  const what = kind === 'k' ? `keep ${group ? `group ${target}` : target}` : `remove ${target}`;
  const key = `${kind} ${target.toLowerCase()}`;
  if (on && globals.has(key))
    refuseImport(line, `Line ${globals.get(key)?.line} says the same; remove one of the two.`);
  if (on) globals.set(key, scriptLine);
  if (kind === 'k') {
    if (!on) draft.line(line, what, 'off');
    else if (group)
      draft.line(
        line,
        what,
        'stricter',
        'The group is spared when unspecified elements go; the extended profile decides about each of its elements.',
      );
    else
      draft.line(
        line,
        what,
        'stricter',
        'Private attributes go. For those of the standard’s safe list add the option retain_safe_private (113111) to the profile.',
      );
    return;
  }
  if (target === 'unspecifiedelements') {
    if (!on)
      draft.line(line, what, 'off', 'The extended profile decides about elements that the script does not name.');
  } else if (on) draft.line(line, what, 'no-rule-needed', 'They go in any case.');
  else draft.line(line, what, 'stricter', 'CTP would leave them; here they go.');
}

function keptGroups(globals: ReadonlyMap<string, ScriptLine>): number[] {
  return [...globals.keys()].flatMap((key) => (/^k [0-9a-f]{4}$/.test(key) ? [Number.parseInt(key.slice(2), 16)] : []));
}

/** Removes what no earlier rule decided about, at the top of the object: in items CTP would have to be sent there. */
function importUnspecified({ line }: ScriptLine, kept: readonly number[], draft: ProfileDraft): void {
  const spared = [...new Set([...NEVER_UNSPECIFIED, ...kept])].toSorted((left, right) => left - right);
  let from = FIRST_GROUP;
  for (const group of [...spared, LAST_GROUP + 1]) {
    if (group > from)
      draft.rule({
        line,
        what: 'remove unspecifiedelements',
        selector: { groups: `${hex(from)}-${hex(group - 1)}` },
        decisions: [
          {
            tests: [],
            depth: 'top',
            wish: { does: 'remove' },
            notes: [
              'What the kind of object requires stays as a dummy; elements in kept sequences are left to the extended profile.',
            ],
          },
        ],
      });
    from = Math.max(from, group + 1);
  }
}

function hex(group: number): string {
  return group.toString(16).padStart(4, '0');
}
