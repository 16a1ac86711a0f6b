import { describe, expect, it } from 'vitest';
import { SearchMemory } from '../../node-agent/deidentify/residual/search-memory.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { makeDataSet, sequenceElement } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text } from './fixtures.ts';

const vocabulary = new Vocabulary();
const TEXTS = [
  'Haberkorn',
  'Quastenberg, Otto',
  'KLINIK ZUM GUTEN HIRTEN',
  'Mueller',
  'GH-4711-22',
  '20190312',
  '85-03-12',
] as const;
const IN_DATES = ['20190312', '20190313', '19580312', ''] as const;

/** Objects whose elements change now and then, as those of a series, of the next series and of another patient do. */
function randomObjects(count: number, seed: number) {
  let state = seed;
  const random = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  const chosen = (values: readonly string[]): string => values[random(values.length)] as string;
  const item = () =>
    makeDataSet(ENCODING, [text('PersonName', 'PN', chosen(TEXTS)), text('Date', 'DA', chosen(IN_DATES))]);
  const values = new Map<string, DataElement>();
  const change = (name: string, element: () => DataElement, oneIn: number): void => {
    if (!values.has(name) || random(oneIn) === 0) values.set(name, element());
  };
  return Array.from({ length: count }, (_, number) => {
    change('set', () => text('SpecificCharacterSet', 'CS', chosen(['ISO_IR 100', 'ISO_IR 192'])), 15);
    change('series', () => text('SeriesInstanceUID', 'UI', `1.2.826.99.${number}`), 10);
    change('instance', () => text('SOPInstanceUID', 'UI', `1.2.826.77.${number}`), 1);
    change('patient', () => text('PatientName', 'PN', chosen([...TEXTS, 'M\u00fcller']), 'ISO_IR 100'), 12);
    change('id', () => text('PatientID', 'LO', chosen(TEXTS)), 12);
    change('institution', () => text('InstitutionName', 'LO', chosen(TEXTS)), 12);
    change('date', () => text('AcquisitionDate', 'DA', chosen(IN_DATES)), 4);
    change('comment', () => text('ImageComments', 'LT', `see ${chosen(TEXTS)}@clinic.example`), 4);
    change('meaning', () => text('TextValue', 'UT', chosen(TEXTS)), 8);
    change(
      'concept',
      () => sequenceElement(tagOf('ConceptNameCodeSequence'), [concept(chosen(['121008', '121106']))]),
      8,
    );
    change(
      'nested',
      () => sequenceElement(tagOf('ReferencedImageSequence'), Array.from({ length: random(3) }, item)),
      6,
    );
    const extra = random(20) === 0 ? [text('OtherPatientIDs', 'LO', chosen(TEXTS))] : [];
    return makeDataSet(ENCODING, ctElements(...values.values(), ...extra));
  });
}

function concept(code: string) {
  return makeDataSet(ENCODING, [text('CodeValue', 'SH', code), text('CodingSchemeDesignator', 'SH', 'DCM')]);
}

/** Everything the targets find: needles and, for words, where they are found. */
function foundBy({ targets, dates }: ReturnType<SearchMemory['targetsOf']>) {
  const bytes = Buffer.from(`${TEXTS.join(' ')} ${TEXTS.join(' ').toUpperCase()} 1.2.826.77.3 1.2.826.99.0`, 'latin1');
  const matches: string[] = [];
  targets.scanner.scan(bytes, ({ needle, start, end }) =>
    matches.push(`${targets.needles[needle]?.text} ${start}-${end}`),
  );
  const named = (needle: number | undefined) => (needle === undefined ? undefined : targets.needles[needle]?.text);
  return {
    needles: targets.needles.map(({ kind, text, word }) => (word ? `word ${text}` : `${kind} ${text}`)).sort(), // a word's kind is that of its first place
    places: matches.map((match) => match.replace(/^.* /, '')).sort(),
    words: TEXTS.map((word) => [named(targets.shortWord(word)), named(targets.word(word.toLowerCase()))]),
    dates: ['am 12. März 2019', '13 March 2019', '12 marzo 1958'].map((date) =>
      dates.some((some) => some.standIn(date)),
    ),
  };
}

describe('the search targets of an object', () => {
  it('are those it has alone, whatever objects came before it', () => {
    const seed = 20261128;
    const memory = new SearchMemory(vocabulary);
    let differing = 0;
    let before = '';
    for (const dataSet of randomObjects(300, seed)) {
      const original = { dataSet, meta: undefined };
      const alone = foundBy(new SearchMemory(vocabulary).targetsOf(original, ['/in/Haberkorn_Karl/1.dcm']));
      const found = foundBy(memory.targetsOf(original, ['/in/Haberkorn_Karl/1.dcm']));
      expect(found, `seed ${seed}`).toEqual(alone);
      if (JSON.stringify(alone) !== before) differing += 1;
      before = JSON.stringify(alone);
    }
    expect(differing).toBeGreaterThan(250);
  });
});
