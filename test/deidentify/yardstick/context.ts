/** What the parts of one object share: whose it is, when it was made, and the source of chance. */
import { encodeText } from '../../phantom/character-sets.ts';
import type { RandomSource } from '../../phantom/random.ts';
import type { Stretch } from './draft.ts';
import { NATIONAL_NUMBERS } from './national-numbers.ts';
import { clinicalPhrase, isWritable, type Patient, stranger, technicalPhrase, untitledStranger } from './people.ts';
import { phoneNumber, spelledDate, spelledName } from './spellings.ts';

export interface Context {
  readonly patient: Patient;
  readonly random: RandomSource;
  readonly sopClassUid: string;
  readonly modality: string;
  readonly kind: string;
  readonly uids: { readonly study: string; readonly series: string; readonly instance: string; readonly frame: string };
  /** Other instances of the same study, which objects refer to. */
  readonly relatives: readonly { readonly sopClassUid: string; readonly sopInstanceUid: string }[];
  readonly studyDate: string;
  readonly accession: string;
}

/** Something that must go from a text. */
export function contamination(context: Context): Stretch {
  const { patient, random, studyDate, accession } = context;
  const { language } = patient;
  const choices: readonly (() => Stretch)[] = [
    () => ({ text: spelledName(patient.family, patient.given, patient.latin, random), category: 'name' }),
    () => ({ text: spelledName(patient.family, patient.given, patient.latin, random), category: 'name' }),
    () => ({ text: stranger(patient, random), category: 'stranger' }),
    () => ({ text: stranger(patient, random), category: 'stranger' }),
    () => ({ text: untitledStranger(patient, random), category: 'stranger' }),
    () => ({ text: `Dr. ${patient.physician.family}`, category: 'physician' }),
    () => ({ text: spelledDate(patient.birthDate, language, random), category: 'spelled date' }),
    () => ({ text: spelledDate(studyDate, language, random), category: 'spelled date' }),
    () => ({ text: patient.phone, category: 'phone' }),
    () => ({ text: phoneNumber(random), category: 'phone' }),
    () => ({ text: patient.email, category: 'e-mail' }),
    () => ({ text: patient.url, category: 'url' }),
    () => ({ text: random.pick(Object.values(NATIONAL_NUMBERS))(random), category: 'national number' }),
    () => ({ text: patient.nationalNumber, category: 'national number' }),
    () => ({ text: patient.patientId, category: 'id' }),
    () => ({ text: `ID ${patient.patientId}`, category: 'id' }),
    () => ({ text: accession, category: 'accession' }),
    () => ({ text: patient.institution, category: 'institution' }),
    () => ({ text: patient.address, category: 'address' }),
  ];
  for (;;) {
    const made = random.pick(choices)();
    // Formats of dates by language may hold letters that the character set has not.
    if (isWritable(patient.characterSet, made.text)) return made;
  }
}

const SEPARATORS = [' ', ' ', ' ', ', ', ' - ', '; ', ' / ', '_'];

/** A description: words that stay, with what must go before, between and behind them; at most so many bytes. */
export function description(context: Context, longest: number): { stretches: Stretch[]; separator: string } {
  const { patient, random } = context;
  for (;;) {
    const stretches: Stretch[] = [{ text: clinicalPhrase(patient, random) }];
    if (random.chance(0.4)) stretches.push({ text: technicalPhrase(random) });
    const bad = random.pick([0, 1, 1, 1, 2]);
    for (let count = 0; count < bad; count += 1)
      stretches.splice(random.integer(0, stretches.length), 0, contamination(context));
    const separator = random.pick(SEPARATORS);
    const whole = stretches.map(({ text }) => text).join(separator);
    const collides = stretches.some(
      ({ text, category }) =>
        category === undefined && stretches.some((other) => other.category !== undefined && shares(other.text, text)),
    );
    if (!collides && encodeText(patient.characterSet, whole).length <= longest) return { stretches, separator };
  }
}

/** Whether a word of one text stands in the other: then no one can tell which of the two is left. */
export function shares(one: string, other: string): boolean {
  const words = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{M}\p{N}]+/u);
  return words(one).some(
    (word) => word.length >= 3 && words(other).some((its) => its === word || (word.length >= 5 && its.includes(word))),
  );
}
