import { describe, expect, it } from 'vitest';
import { KnownIdentifiers } from '../../node-agent/deidentify/text/known-identifiers.ts';
import { joinedForms, sixDigitDates, transliterations } from '../../node-agent/deidentify/text/name-forms.ts';
import { TextCleaner } from '../../node-agent/deidentify/text/text-cleaner.ts';
import { Vocabulary } from '../../node-agent/deidentify/text/vocabulary.ts';
import type { DataElement } from '../../node-agent/dicom/data-set.ts';
import { tagOf } from '../../node-agent/dicom/dictionary.ts';
import { bytesElement, makeDataSet } from '../../node-agent/dicom/element.ts';
import { ctElements, ENCODING, text } from './fixtures.ts';

const vocabulary = new Vocabulary();
const cleaner = new TextCleaner(vocabulary);

/** What stays of a technical text of a patient with this name. */
function kept(name: string, value: string, ...others: readonly DataElement[]): string {
  const patient = bytesElement(tagOf('PatientName'), 'PN', Buffer.from(name));
  const elements = ctElements(text('SpecificCharacterSet', 'CS', 'ISO_IR 192'), patient, ...others);
  return cleaner.clean(value, 'guarded', new KnownIdentifiers(makeDataSet(ENCODING, elements), vocabulary));
}

describe('a technical text loses', () => {
  it.each<[string, string, string, string, ...DataElement[]]>([
    ['family and given name run together', 'SMITH^JOHN', 'Force SMITHJOHN', 'Force'],
    ['given and family name run together', 'SMITH^JOHN', 'Force johnsmith', 'Force'],
    ['an initial before the family name', 'SMITH^JOHN', 'jsmith VA30', 'VA30'],
    ['an initial after the family name', 'SMITH^JOHN', 'Force SMITHJ', 'Force'],
    ['short names run together', 'LI^NA', 'Force LINA', 'Force'],
    ['a Cyrillic name as Bulgarian documents transliterate it', 'Чернышенков^Людмила', 'Force LYUDMILA', 'Force'],
    ['a Greek name with its digraph', 'Παπαδημούλης^Ελένη', 'Force Papadimoulis', 'Force'],
    ['a Maltese name without its bars', 'Buħaġjarin^Ħelena', 'Force BUHAGJARIN Helena', 'Force'],
    ['a name cut off at the end of the value', 'Chernyshenkov^Anna', 'Force CHERNYSHEN', 'Force'],
    ['the beginning of names run together', 'van der Zijpen^Anna', 'Force VANDERZIJP', 'Force'],
    ['ideographs run together', 'Yamada^Tarou=山田^太郎', 'Force 山田太郎', 'Force'],
    ['a transliterated umlaut', 'Müller^Jörg', 'VA30 MUELLER', 'VA30'],
    ['a restored umlaut', 'Mueller^Joerg', 'VA30 Müller', 'VA30'],
    ['a transliterated ø', 'Sørby^Åse', 'VA30 Soerby Aase', 'VA30'],
    ['a name without its apostrophe', "O'Brien^Sean", 'VA30 OBRIEN', 'VA30'],
    ['a name without its hyphen', 'Meyer-Schmidt^Eva', 'VA30 MeyerSchmidt', 'VA30'],
    ['half of a double name', 'Meyer-Schmidt^Eva', 'VA30 Schmidt', 'VA30'],
    ['a declined name', 'Nowak^Jan', 'VA30 Nowakowa', 'VA30'],
    ['a declined name in Cyrillic', 'Иванов^Пётр', 'VA30 Ивановой', 'VA30'],
    ['a Cyrillic name in Latin letters', 'Иванов^Пётр', 'Ivanov Petr Force', 'Force'],
    ['a Greek name in Latin letters', 'Παππάς^Νίκος', 'Force Pappas Nikos', 'Force'],
    ['the digits of a patient ID', 'A^B', 'VA30 4711081', 'VA30', text('PatientID', 'LO', 'PX4711081')],
    ['a study date of six digits', 'A^B', 'VA30 150320', 'VA30'],
    ['a study date with a short year', 'A^B', 'VA30 15.03.20', 'VA30'],
    ['a birth date of six digits', 'A^B', 'VA30 580312', 'VA30'],
  ])('%s', (_what, name, value, rest, ...others) => {
    expect(kept(name, value, ...others)).toBe(rest);
  });

  it('nothing that only resembles a name', () => {
    expect(kept('Ward^Jo', 'Forward VA30')).toBe('Forward VA30');
    expect(kept('Spi^Ne', 'Spine')).toBe('Spine');
    expect(kept('Simen^X', 'SIEMENS VB20A 120109')).toBe('SIEMENS VB20A 120109');
  });
});

describe('the forms of a name', () => {
  it('are joined, with initials and transliterated', () => {
    expect(joinedForms('Müller^Jörg')).toEqual(
      expect.arrayContaining(['mullerjorg', 'muellerjoerg', 'jmuller', 'muellerj', 'jorgmuller']),
    );
    expect(transliterations('Miller')).toEqual([]);
    expect(transliterations('Mueller')).toEqual(['muller']);
  });

  it('of a date are three of six digits', () => {
    expect(sixDigitDates('19580312')).toEqual(['120358', '580312', '031258']);
    expect(sixDigitDates('19000101')).toEqual([]);
  });
});
