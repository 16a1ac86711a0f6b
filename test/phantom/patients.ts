/** Fictional people with names in ten character sets, and the hospital each one goes to. */
import people from './data/people.json' with { type: 'json' };
import sites from './data/sites.json' with { type: 'json' };
import type { RandomSource } from './random.ts';

export interface Hospital {
  readonly name: string;
  readonly address: string;
  readonly department: string;
  readonly station: string;
  readonly ae: string;
  readonly phone: string;
}

export interface Patient {
  /** Folder name, P001 and so on: says nothing about the person. */
  readonly key: string;
  readonly cancerType: string;
  readonly characterSet: readonly string[];
  /** Patient's Name as a PN value with all its groups. */
  readonly name: string;
  readonly familyName: string;
  readonly latinFamilyName: string;
  readonly latinName: string;
  readonly motherName: string;
  readonly patientId: string;
  readonly otherId: string;
  readonly sex: 'F' | 'M' | 'O';
  /** Age in years at the first study. */
  readonly age: number;
  readonly birthYear: number;
  readonly birthDate: string;
  readonly firstStudyYear: number;
  readonly address: string;
  readonly phone: string;
  readonly heightMetres: number;
  readonly weightKilograms: number;
  readonly hospital: Hospital;
  readonly referringPhysician: string;
  readonly performingPhysician: string;
  readonly operator: string;
}

interface Name {
  readonly native: string;
  readonly latin: string;
  readonly phonetic: string;
}

const PHYSICIANS = ['Papadimas', 'Hollenstein', 'Quesnel', 'Bartolucci', 'Okonjo', 'Vandermeulen', 'Sikorsky'];
const OPERATORS = ['Tremblant', 'Kowalczuk', 'Ferrandino', 'Oyelaran', 'Lindqvist'];
const OVER_89_EVERY = 23;

export interface PatientOptions {
  readonly number: number;
  readonly cancerType: string;
  readonly sex: string;
  readonly ages: readonly number[];
}

/** Invents one patient; `number` decides the script of the name, the random source the rest. */
export function createPatient(random: RandomSource, options: PatientOptions): Patient {
  const group = people.groups[options.number % people.groups.length];
  if (group === undefined) throw new Error('data/people.json has no groups.');
  const female = options.sex === 'F' || (options.sex === 'MF' && random.chance(0.5));
  const family = nameOf(random.pick(group.family));
  const given = nameOf(random.pick(female ? group.female : group.male));
  const mother = nameOf(random.pick(group.female));
  const [youngest = 40, oldest = 80] = options.ages;
  const veryOld = oldest > 89 && options.number % OVER_89_EVERY === 0;
  const age = veryOld ? random.integer(90, oldest) : random.integer(youngest, Math.min(oldest, 89));
  const firstStudyYear = random.integer(2016, 2023);
  const birthYear = firstStudyYear - age - 1;
  const hospital = random.pick(sites.hospitals);
  return {
    key: `P${String(options.number + 1).padStart(3, '0')}`,
    cancerType: options.cancerType,
    characterSet: group.characterSet,
    name: personName(group.form, family, given),
    familyName: family.native,
    latinFamilyName: family.latin,
    latinName: `${family.latin}, ${given.latin}`,
    motherName: personName(group.form, family, mother),
    patientId: `${hospital.station.slice(0, 3)}${random.digits(7)}`,
    otherId: `NAT-${random.digits(9)}`,
    sex: options.number % 29 === 28 && options.sex === 'MF' ? 'O' : female ? 'F' : 'M',
    age,
    birthYear,
    // Studies are held from July on, births in spring: the age is right in every study year.
    birthDate: dicomDate(birthYear + 1, random.integer(2, 5), random.integer(1, 28)),
    firstStudyYear,
    address: group.city,
    phone: `+49 170 ${random.digits(7)}`,
    heightMetres: options.ages[1] !== undefined && options.ages[1] < 20 ? 1.1 : random.integer(152, 190) / 100,
    weightKilograms: options.ages[1] !== undefined && options.ages[1] < 20 ? 19 : random.integer(52, 104),
    hospital,
    referringPhysician: `${random.pick(PHYSICIANS)}^Ottokar^^Dr.`,
    performingPhysician: `${random.pick(PHYSICIANS)}^Ludmilla^^Dr.`,
    operator: `${random.pick(OPERATORS)}^Wilma`,
  };
}

export function dicomDate(year: number, month: number, day: number): string {
  return `${year}${String(month).padStart(2, '0')}${String(day).padStart(2, '0')}`;
}

function nameOf(entry: string): Name {
  const [native = '', latin = native, phonetic = ''] = entry.split('|');
  return { native, latin, phonetic };
}

/** The alphabetic, ideographic and phonetic groups of PN (PS3.5 §6.2). */
function personName(form: string, family: Name, given: Name): string {
  const native = `${family.native}^${given.native}`;
  if (form === 'native') return native;
  const latin = `${family.latin}^${given.latin}`;
  return form === 'ideographic' ? `${latin}=${native}` : `${latin}=${native}=${family.phonetic}^${given.phonetic}`;
}
