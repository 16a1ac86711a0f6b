/** Invented patients with everything about them that a hospital writes down. */
import { encodeText } from '../../phantom/character-sets.ts';
import type { RandomSource } from '../../phantom/random.ts';
import phrases from './data/clinical-phrases.json' with { type: 'json' };
import people from './data/people.json' with { type: 'json' };
import { NATIONAL_NUMBERS } from './national-numbers.ts';
import { latinForm, phoneNumber } from './spellings.ts';

const INSTITUTIONS = [
  'Klinikum Beispielstadt',
  'Saint-Exemple University Hospital',
  'Spitalul Exempleni',
  'Azienda Ospedaliera Esempiona',
  'Szpital Przykladowo',
  'Sairaala Esimerkkila',
];
const STREETS = [
  'Eichenallee 204, 12345 Beispielstadt',
  '17 Quai des Tilleuls, Saint-Exemple',
  'ul. Zielonogaj 8/3, Przykladowo',
  'Via Oliveti 12, Esempiona',
];

export interface Person {
  readonly family: string;
  readonly given: string;
  readonly latin: { readonly family: string; readonly given: string };
}

export interface Patient extends Person {
  readonly key: string;
  readonly characterSet: readonly string[];
  readonly language: string;
  /** As PN, with its component groups. */
  readonly name: string;
  readonly patientId: string;
  /** '' where nobody writes it. */
  readonly issuer: string;
  readonly birthDate: string;
  readonly sex: string;
  readonly age: string;
  readonly phone: string;
  readonly email: string;
  readonly url: string;
  readonly address: string;
  readonly nationalNumber: string;
  readonly institution: string;
  readonly station: string;
  readonly aeTitle: string;
  readonly serial: string;
  readonly physician: Person;
  readonly operator: Person;
  readonly motherName: string;
}

type Group = (typeof people.groups)[number];

/** Whether the character set can write the text. */
export function isWritable(characterSet: readonly string[], text: string): boolean {
  try {
    encodeText(characterSet, text);
    return true;
  } catch {
    return false;
  }
}

export function createPatient(key: string, ordinal: number, random: RandomSource): Patient {
  const group = people.groups[ordinal % people.groups.length] as Group;
  const person = createPerson(group, random);
  const latinFamily = person.latin.family.replace(/[^A-Za-z]/g, '').toLowerCase();
  const language = random.pick(group.languages);
  return {
    ...person,
    key,
    characterSet: group.characterSet,
    language,
    name: componentGroups(group.form, person),
    patientId: random.pick([
      `MRN${random.digits(7)}`,
      random.digits(8),
      `${random.digits(4)}-${random.digits(5)}`,
      `PAT_${random.digits(6)}`,
    ]),
    issuer: random.chance(0.5) ? `MASTERINDEX${random.digits(3)}` : '',
    birthDate: dateOf(random, 1935, 1990),
    sex: random.pick(['F', 'M', 'O']),
    age: random.chance(0.2) ? `0${random.integer(91, 99)}Y` : `0${random.integer(18, 84)}Y`,
    phone: phoneNumber(random),
    email: `${latinFamily}.${random.digits(3)}@${random.pick(['mail.example', 'post.example.org', 'klinik.example'])}`,
    url: `https://${random.pick(['pacs', 'ris', 'portal'])}.example.org/${latinFamily}/${random.digits(5)}`,
    address: random.pick(STREETS),
    nationalNumber: random.pick(Object.values(NATIONAL_NUMBERS))(random),
    institution: random.pick(INSTITUTIONS),
    station: `${random.pick(['BSPRAD', 'STEXIM', 'EXEMPLA', 'PRZYKL'])}${random.digits(3)}`,
    aeTitle: `${random.pick(['BSPPACS', 'STEXARC', 'EXEMSTOR'])}${random.digits(2)}`,
    serial: `SNR${random.digits(7)}`,
    physician: createPerson(group, random),
    operator: createPerson(group, random),
    motherName: `${random.pick(['Winterhalderin', 'Castelnuovita', 'Zbrojewska', 'Fitzgibbonsen'])}^Agathe`,
  };
}

/** People with a title, in the languages that the character set can write. */
export function stranger(patient: Patient, random: RandomSource): string {
  const named = people.strangers as Readonly<Record<string, readonly string[]>>;
  const of = (language: string): string[] =>
    (named[language] ?? []).filter((name) => isWritable(patient.characterSet, name));
  const own = of(patient.language);
  return random.pick(own.length > 0 ? own : of('en'));
}

/** The last name of such a person, without the title that gives it away; none that is also a word of imaging. */
export function untitledStranger(patient: Patient, random: RandomSource): string {
  for (;;) {
    const name = stranger(patient, random).split(' ').at(-1) ?? '';
    if (!['Long', 'Brust', 'Kern', 'úr'].includes(name)) return name;
  }
}

/** Words of the patient's language that describe an image, and hold no name of anybody involved. */
export function clinicalPhrase(patient: Patient, random: RandomSource): string {
  const all = phrases.phrases as Readonly<Record<string, readonly string[]>>;
  const names = [patient, patient.physician, patient.operator].flatMap(({ family, given, latin }) => [
    family,
    given,
    latin.family,
    latin.given,
  ]);
  const clean = (phrase: string): boolean =>
    isWritable(patient.characterSet, phrase) && !names.some((name) => wordsIn(phrase).includes(name.toLowerCase()));
  const own = (all[patient.language] ?? []).filter(clean);
  return random.pick(own.length > 0 ? own : (all.en ?? []).filter(clean));
}

export function technicalPhrase(random: RandomSource): string {
  return random.pick(phrases.technical);
}

export function dateOf(random: RandomSource, from: number, to: number): string {
  const twoDigits = (number: number): string => String(number).padStart(2, '0');
  return `${random.integer(from, to)}${twoDigits(random.integer(1, 12))}${twoDigits(random.integer(1, 28))}`;
}

/** A PN value of the alphabetic group alone. */
export function personName({ family, given }: Person, title = ''): string {
  return title === '' ? `${family}^${given}` : `${family}^${given}^^${title}`;
}

function wordsIn(phrase: string): string[] {
  return phrase.toLowerCase().split(/[\s/]+/);
}

function createPerson(group: Group, random: RandomSource): Person {
  const [family, latinFamily] = named(random.pick(group.family));
  const [given, latinGiven] = named(random.pick(group.given));
  return { family, given, latin: { family: latinFamily, given: latinGiven } };
}

function named(entry: string): [string, string] {
  const [native = '', latin = latinForm(native)] = entry.split('|');
  return [native, latin];
}

function componentGroups(form: string, { family, given, latin }: Person): string {
  return form === 'native' ? `${family}^${given}` : `${latin.family}^${latin.given}=${family}^${given}`;
}
