import { describe, expect, it } from 'vitest';
import type { ConfidentialityRow } from '../../node-agent/deidentify/confidentiality-table.ts';
import type { ElementPlan } from '../../node-agent/deidentify/plan.ts';
import { Planner } from '../../node-agent/deidentify/planner.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { resolve } from '../../node-agent/deidentify/resolution.ts';
import { ENUMERATED_VALUES } from '../../node-agent/deidentify/retained-attributes.ts';
import { KnownIdentifiers } from '../../node-agent/deidentify/text/known-identifiers.ts';
import { TextCleaner } from '../../node-agent/deidentify/text/text-cleaner.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import { UidReplacement } from '../../node-agent/deidentify/uid-replacement.ts';
import { ValueRules } from '../../node-agent/deidentify/value-rules.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { lookup } from '../../node-agent/dicom/dictionary.ts';
import {
  bytesElement,
  makeDataSet,
  numberElement,
  sequenceElement,
  textElement,
} from '../../node-agent/dicom/element.ts';
import { CT, ctElements, ENCODING, PSEUDONYMISER, TABLES } from './fixtures.ts';

const profile = Profile.shipped('eucaim');
const vocabulary = new Vocabulary();
const REQUEST_ATTRIBUTES = 0x00400275;

const VALUES: Readonly<Record<string, string>> = {
  AE: 'WARD3',
  AS: '045Y',
  CS: 'VALUE',
  DA: '20200102',
  DS: '1.5',
  DT: '20200102030405',
  IS: '3',
  LO: 'Zyxw',
  LT: 'Zyxw',
  PN: 'Zyxw^Vuts',
  SH: 'Zyxw',
  ST: 'Zyxw',
  TM: '030405',
  UC: 'Zyxw',
  UI: '1.2.3.4.5.6',
  UR: 'http://a.example',
  UT: 'Zyxw',
};

function elementOf(tag: number): DataElement {
  const vr = (lookup(tag)?.vr ?? 'LO').split(' ')[0] ?? 'LO';
  if (vr === 'SQ') {
    return sequenceElement(tag, [makeDataSet(ENCODING, [textElement(ENCODING, 0x0020000d, 'UI', '1.2.3.4.5.6')])]);
  }
  const value = [...(ENUMERATED_VALUES.get(tag) ?? [])][0] ?? VALUES[vr];
  if (value !== undefined) return textElement(ENCODING, tag, vr, value);
  if (['US', 'UL', 'SS', 'FD', 'FL'].includes(vr)) return numberElement(ENCODING, tag, vr, [1]);
  return bytesElement(tag, vr === 'UN' ? 'OB' : vr, Uint8Array.of(1, 2));
}

function tagsOf(row: ConfidentialityRow): number {
  if (row.tag.includes('odd')) return 0x00111001;
  return (
    Number.parseInt(row.tag.replace(/[(),]/g, '').replaceAll('X', '0'), 16) + (row.tag.startsWith('(50') ? 0x10 : 0)
  );
}

function planOf(dataSet: DataSet): readonly ElementPlan[] {
  const known = new KnownIdentifiers(dataSet, vocabulary);
  const values = new ValueRules(new UidReplacement(PSEUDONYMISER), new TextCleaner(vocabulary), known, -400);
  return new Planner(profile, TABLES.confidentiality, TABLES.types, values).plan(dataSet, CT).elements;
}

/** The actions that carry out a resolution for a value that identifies. */
const CARRIED_OUT: Readonly<Record<string, readonly string[]>> = {
  remove: ['remove'],
  empty: ['empty'],
  dummy: ['dummy', 'replace-uid', 'items'],
  uid: ['replace-uid'],
  items: ['items'],
  keep: ['keep', 'items', 'cap-age', 'clean-text'],
  clean: ['shift-date', 'items', 'remove', 'empty', 'dummy', 'keep'],
};

describe('every row of Table E.1-1 under the profile', () => {
  const rows = TABLES.confidentiality.rows.filter((row) => tagsOf(row) >>> 16 >= 8);

  it('is tried, but for the rows of commands, file meta and directories', () => {
    expect(TABLES.confidentiality.rows.length - rows.length).toBeLessThan(10);
  });

  it('is carried out at the top of an object', () => {
    for (const row of rows) {
      const tag = tagsOf(row);
      const elements = ctElements(elementOf(tag));
      const planned = planOf(makeDataSet(ENCODING, elements)).find(({ element }) => element.tag === tag);
      const resolution = resolve(profile.decide(row).code, TABLES.types.scopeOf(CT).typeOf(tag));
      expect(CARRIED_OUT[resolution], `${row.tag} ${row.name}: ${resolution}`).toContain(planned?.action);
      if (planned?.action === 'keep' && resolution === 'clean') expect(['TM', 'SH', 'CS']).toContain(planned.vr);
    }
  });

  it('is carried out inside a sequence', () => {
    const inside = TABLES.types.scopeOf(CT).inside(REQUEST_ATTRIBUTES);
    for (const row of rows) {
      const tag = tagsOf(row);
      const sequence = sequenceElement(REQUEST_ATTRIBUTES, [makeDataSet(ENCODING, [elementOf(tag)])]);
      const planned = planOf(makeDataSet(ENCODING, ctElements(sequence))).find(
        ({ element }) => element.tag === REQUEST_ATTRIBUTES,
      );
      const nested = planned?.items?.[0]?.plan.elements[0];
      const resolution = resolve(profile.decide(row).code, inside.typeOf(tag));
      expect(CARRIED_OUT[resolution], `${row.tag} ${row.name}: ${resolution}`).toContain(nested?.action);
    }
  });
});
