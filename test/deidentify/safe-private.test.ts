import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { privateAttributeOf } from '../../node-agent/deidentify/private-attribute.ts';
import { Profile } from '../../node-agent/deidentify/profile.ts';
import { shiftDateTime } from '../../node-agent/deidentify/temporal.ts';
import type { DataElement, DataSet } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import {
  bytesElement,
  makeDataSet,
  numberElement,
  sequenceElement,
  textElement,
} from '../../node-agent/dicom/element.ts';
import { referenceTable } from '../support/reference.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { cleaned, ctElements, ENCODING, engine, optionLines, PATIENT, PSEUDONYMISER, siteProfile } from './fixtures.ts';

const profile = siteProfile({ options: optionLines('retain_safe_private', 'retain_long_modified_dates') });
const under = (...extra: readonly DataElement[]): Promise<DataSet> =>
  cleaned(temporaryFolder(), ctElements(...extra), engine(profile));

const creator = (group: number, block: number, name: string): DataElement =>
  textElement(ENCODING, ((group << 16) | block) >>> 0, 'LO', name);
const at = (group: number, block: number, element: number): number => ((group << 16) | (block << 8) | element) >>> 0;
const privateTags = (dataSet: DataSet): string[] =>
  dataSet.elements.filter(({ tag }) => (tag >>> 16) & 1).map(({ tag }) => tag.toString(16).padStart(8, '0'));
const codes = (dataSet: DataSet): (string | undefined)[] =>
  dataSet.items(tagOf('DeidentificationMethodCodeSequence')).map((item) => item.string(tagOf('CodeValue')));

describe('Retain Safe Private', () => {
  it('keeps what is known to be safe, wherever its block was placed, and nothing else of the block', async () => {
    for (const block of [0x10, 0x11, 0x2a, 0xff]) {
      const dataSet = await under(
        creator(0x0019, block, 'SIEMENS MR HEADER'),
        textElement(ENCODING, at(0x0019, block, 0x0c), 'IS', '800'),
        textElement(ENCODING, at(0x0019, block, 0x99), 'LO', 'Vandermeer'),
      );
      expect(privateTags(dataSet)).toEqual(
        [creator(0x19, block, '').tag, at(0x19, block, 0x0c)].map((tag) => tag.toString(16).padStart(8, '0')),
      );
      expect(dataSet.string(at(0x0019, block, 0x0c))).toBe('800');
      expect(codes(dataSet)).toContain('113111');
    }
  });

  it('keeps them inside sequences of the standard', async () => {
    const item = makeDataSet(ENCODING, [
      creator(0x0019, 0x10, 'SIEMENS MR HEADER'),
      textElement(ENCODING, 0x0019100c, 'IS', '800'),
    ]);
    const dataSet = await under(sequenceElement(tagOf('RadiopharmaceuticalInformationSequence'), [item]));
    expect(dataSet.items(tagOf('RadiopharmaceuticalInformationSequence'))[0]?.string(0x0019100c)).toBe('800');
  });

  it('denies unknown creators, blocks that nobody claims, and creators in other groups, and does not claim the option', async () => {
    const dataSet = await under(
      creator(0x0019, 0x10, 'SIEMENS MR HEADER 2'),
      textElement(ENCODING, 0x0019100c, 'IS', '800'),
      textElement(ENCODING, 0x0019110c, 'IS', '801'),
      creator(0x0021, 0x10, 'SIEMENS MR HEADER'),
      textElement(ENCODING, 0x0021100c, 'IS', '802'),
    );
    expect(privateTags(dataSet)).toEqual([]);
    expect(codes(dataSet)).not.toContain('113111');
  });

  it('reads a value that was carried as UN as what it is known to be, and denies one that is not that', async () => {
    const carried = (text: string) => bytesElement(0x0019100c, 'UN', Buffer.from(text));
    const sound = await under(creator(0x0019, 0x10, 'SIEMENS MR HEADER'), carried('800 '));
    expect(privateTags(sound)).toEqual(['00190010', '0019100c']);
    const other = await under(creator(0x0019, 0x10, 'SIEMENS MR HEADER'), carried('Vandermeer'));
    expect(privateTags(other)).toEqual([]);
  });

  it('denies a binary of which nobody says what it is', async () => {
    // Known to the table under carriers alone.
    const dataSet = await under(
      creator(0x0029, 0x10, 'CARDIO-D.R. 1.0'),
      bytesElement(0x00291000, 'OB', Buffer.from('Vandermeer')),
    );
    expect(privateTags(dataSet)).toEqual([]);
  });

  it('replaces private UIDs, shifts private dates and takes names out of private texts', async () => {
    const dataSet = await under(
      creator(0x0009, 0x10, 'GEMS_PETD_01'),
      textElement(ENCODING, 0x00091007, 'UI', '1.2.276.0.7230010.3.1.3.1000.5'),
      textElement(ENCODING, 0x0009100d, 'DT', '20200315101500'),
      textElement(ENCODING, 0x0009100e, 'LO', 'yesterday'),
      creator(0x01f1, 0x10, 'ELSCINT1'),
      numberElement(ENCODING, 0x01f1100a, 'US', [7]),
      creator(0x00e1, 0x10, 'ELSCINT1'),
      textElement(ENCODING, 0x00e11063, 'SH', 'Head Ottilie'),
    );
    expect(dataSet.string(0x00091007)).toBe(PSEUDONYMISER.uid('1.2.276.0.7230010.3.1.3.1000.5'));
    expect(dataSet.string(0x0009100d)).toBe(shiftDateTime('20200315101500', PSEUDONYMISER.dateShiftDays(PATIENT)));
    expect(dataSet.has(0x0009100e)).toBe(false);
    expect(dataSet.number(0x01f1100a)).toBe(7);
    expect(dataSet.string(0x00e11063)).toBe('Head');
  });

  it('is not done by profiles that do not choose it', async () => {
    const elements = ctElements(
      creator(0x0019, 0x10, 'SIEMENS MR HEADER'),
      textElement(ENCODING, 0x0019100c, 'IS', '800'),
    );
    expect(privateTags(await cleaned(temporaryFolder(), elements, engine(Profile.shipped('eucaim'))))).toEqual([]);
  });
});

describe('a private attribute', () => {
  it('is named by group, creator and the last byte of its element', () => {
    const dataSet = makeDataSet(ENCODING, [creator(0x0019, 0x2a, ' SIEMENS MR HEADER ')]);
    expect(privateAttributeOf(0x00192a0c, dataSet)).toEqual({
      group: 0x19,
      creator: 'SIEMENS MR HEADER',
      element: 0x0c,
    });
    expect(privateAttributeOf(0x0019100c, dataSet)).toBeUndefined();
    expect(privateAttributeOf(0x0019002a, dataSet)).toBeUndefined();
    expect(privateAttributeOf(tagOf('StudyDate'), dataSet)).toBeUndefined();
  });
});

const reference = referenceTable('private-attributes.csv');
describe.skipIf(reference === undefined)('the table of safe private attributes', () => {
  it('holds every attribute of its source, with the strictest disposition where rows disagree', () => {
    const file = new URL('../../node-agent/deidentify/data/private-attributes.json', import.meta.url);
    const { attributes } = JSON.parse(readFileSync(file, 'utf8')) as {
      attributes: Record<string, Record<string, Record<string, string>>>;
    };
    const shipped = new Map(
      Object.entries(attributes).flatMap(([name, groups]) =>
        Object.entries(groups).flatMap(([group, elements]) =>
          Object.entries(elements).map(([element, entry]): [string, string] => [
            `${name}|${group}|${element}`,
            entry.split(' ')[0] ?? '',
          ]),
        ),
      ),
    );
    const strictness = ['keep', 'shift-date', 'remap-uid'];
    const expected = new Map<string, string>();
    for (const { creator: name = '', group = '', element = '', disposition = '' } of reference ?? []) {
      const key = `${name}|${group.toLowerCase()}|${element.toLowerCase()}`;
      const known = expected.get(key) ?? 'keep';
      expected.set(key, strictness.indexOf(disposition) > strictness.indexOf(known) ? disposition : known);
    }
    expect(shipped.size).toBe(1_893);
    expect([...shipped].toSorted()).toEqual([...expected].toSorted());
  });
});
