import { describe, expect, it } from 'vitest';
import {
  nationalIdentifiersIn,
  replaceNationalIdentifiers,
} from '../../node-agent/deidentify/text/national-identifiers.ts';
import { RandomSource } from '../phantom/random.ts';
import { NATIONAL_NUMBERS } from './yardstick/national-numbers.ts';

const SEED = 'national numbers 1';
const COUNT = 200;
/** Without a check character every number of the form is taken for one. */
const UNCHECKED = new Set(['MT identity card']);

/** Numbers that their issuers, the OECD or public documentation give as examples. */
const PUBLISHED: readonly (readonly [string, string])[] = [
  ['AT Sozialversicherungsnummer', '1237 010180'],
  ['BG EGN', '7523169263'],
  ['BE rijksregisternummer', '85.07.30-033.28'],
  ['CH AHV', '756.9217.0769.85'],
  ['CZ rodné číslo', '710319/2745'],
  ['DE KVNR', 'A123456780'],
  ['DE Rentenversicherungsnummer', '15070649C103'],
  ['DE Steuer-ID', '86095742719'],
  ['DK CPR', '211062-5629'],
  ['EE isikukood', '36805280109'],
  ['ES DNI', '54362315K'],
  ['ES NIE', 'X2482300W'],
  ['FI HETU', '131052-308T'],
  ['FR NIR', '2 95 10 99 126 111 93'],
  ['GB NHS', '943 476 5919'],
  ['GR AMKA', '01013099997'],
  ['HR OIB', '33392005961'],
  ['IE PPS', '1234567T'],
  ['IT codice fiscale', 'RSSMRA85T10A562S'],
  ['LT asmens kodas', '33309240064'],
  ['LU matricule', '1893120105732'],
  ['LV personas kods', '161175-19997'],
  ['NL BSN', '111222333'],
  ['NO fødselsnummer', '15108695088'],
  ['PL PESEL', '44051401359'],
  ['PT NIF', '501964843'],
  ['RO CNP', '1630615123457'],
  ['SE personnummer', '880320-0016'],
  ['SI EMŠO', '0101006500006'],
];

describe('national identification numbers', () => {
  it.each(PUBLISHED)('a published example is recognised: %s', (_name, number) => {
    expect(nationalIdentifiersIn(`Thorax ${number}, axial`)).toContain(number);
  });

  it.each(Object.entries(NATIONAL_NUMBERS))(`are recognised wherever they stand: %s (seed ${SEED})`, (name, make) => {
    const random = new RandomSource(`${SEED} ${name}`);
    for (let count = 0; count < COUNT; count += 1) {
      const number = make(random);
      expect(nationalIdentifiersIn(`CT ${number}_axial`), number).toContain(number);
    }
  });

  it.each(Object.entries(NATIONAL_NUMBERS).filter(([name]) => !UNCHECKED.has(name)))(
    'are told from numbers with a wrong check character: %s',
    (name, make) => {
      const random = new RandomSource(`${SEED} wrong ${name}`);
      let recognised = 0;
      for (let count = 0; count < COUNT; count += 1) {
        const number = make(random);
        const last = number.at(-1) ?? '';
        const other = /\d/.test(last) ? String((Number(last) + random.integer(1, 9)) % 10) : last === 'K' ? 'L' : 'K';
        if (nationalIdentifiersIn(number.slice(0, -1) + other).includes(number.slice(0, -1) + other)) recognised += 1;
      }
      // A number that is wrong for one country may be right for another.
      expect(recognised).toBeLessThan(COUNT * 0.6);
    },
  );

  it.each([
    'b 0 50 400 800',
    '100 500 700',
    '200 300 1000',
    '500 800 1600',
    'TE 80 TR 3000',
    '512x512x200',
    '1.5 mm 120 kV',
    'FOV 350 350',
    'syngo MR E11',
    '5.7.1',
  ])('are not seen in settings: "%s"', (text) => {
    expect(nationalIdentifiersIn(text)).toEqual([]);
  });

  it('are replaced as a whole where two of them overlap', () => {
    expect(replaceNationalIdentifiers('CT 170767-1072 170767-1072 axial', () => '?')).toBe('CT ? axial');
    expect(replaceNationalIdentifiers('CT 943 476 5919', () => '?')).toBe('CT ?');
    expect(replaceNationalIdentifiers('CT 943 476 5918', () => '?')).toBe('CT 943 476 5918');
  });
});
