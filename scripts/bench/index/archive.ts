/**
 * An invented hospital archive as the workers would hand it over: patients with several studies, the modalities, makers
 * and descriptions of European radiology, ten series to a study and ten instances to a series on average.
 */
import { createHash } from 'node:crypto';
import type { FileFacts, IndexedValue } from '../../../node-agent/catalogue/catalogue-writer.ts';
import type { InstanceDescription } from '../../../node-agent/catalogue/instance-description.ts';
import { objectPath } from '../../../node-agent/catalogue/object-path.ts';
import { treatmentText } from '../../../node-agent/catalogue/treatment/treatment.ts';
import { Harmoniser } from '../../../node-agent/harmonise/harmoniser.ts';
import { loadVocabularies } from '../../../node-agent/harmonise/vocabulary.ts';
import { random } from '../../../test/support/random.ts';
import { KINDS, type StudyKind } from './study-kinds.ts';

export interface ArchivedObject {
  readonly description: InstanceDescription;
  readonly values: readonly IndexedValue[];
  readonly file: Omit<FileFacts, 'objectId'>;
}

const INSTANCES_OF_SERIES = [1, 1, 1, 2, 3, 5, 8, 12, 22, 45];
const STUDIES_OF_PATIENT = [1, 1, 1, 1, 2, 2, 3, 5];
const TREATMENT = treatmentText({
  profile: 'eucaim',
  profileVersion: '2',
  profileHash: 'bench',
  edition: 'PS3.15 2024b',
  claimedCodes: [{ code: '113100', meaning: 'Basic Application Confidentiality Profile' }],
  actions: [{ path: '(0010,0010)', action: 'pseudonym', rule: 'written by the profile', count: 1 }],
  disagreements: [],
  overrides: [],
});
const PROFILE_HASH = createHash('sha256').update('bench').digest('hex');

/** Objects without end, in the order of a long import: study by study, series by series. */
export function* archive(seed: number): Generator<ArchivedObject> {
  const next = random(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(next() * items.length)] as Item;
  const hex = (digits: number) =>
    Array.from({ length: Math.ceil(digits / 8) }, () =>
      Math.floor(next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
      .join('')
      .slice(0, digits);
  const uid = () => `2.25.${BigInt(`0x${hex(32)}`)}`;
  const harmonise = harmoniserWithMemory();
  for (;;) {
    const patientId = `GH-${hex(16).toUpperCase()}`;
    const sex = next() < 0.02 ? 'O' : pick(['F', 'M']);
    const age = Math.floor(18 + next() * 72);
    for (let study = pick(STUDIES_OF_PATIENT); study > 0; study -= 1) {
      const kind: StudyKind = pick(KINDS);
      const [manufacturer, model] = pick(kind.scanners);
      const studyUid = uid();
      const year = 2008 + Math.floor(next() * 18);
      const studyDate = `${year}-${twoDigits(1 + next() * 12)}-${twoDigits(1 + next() * 28)}`;
      const studyDescription = pick(kind.studies);
      const seriesCount = 5 + Math.floor(next() * 11);
      for (let number = 1; number <= seriesCount; number += 1) {
        const text = pick(kind.series);
        const modality = number === seriesCount && next() < 0.3 ? 'SR' : kind.modality;
        const instances = modality === 'SR' ? 1 : pick(INSTANCES_OF_SERIES);
        const seriesUid = uid();
        const series = {
          patientId,
          sex,
          studyUid,
          studyDate,
          ageYears: age,
          studyDescription,
          seriesUid,
          seriesNumber: number,
          modality,
          bodyPart: next() < 0.15 ? null : pick(kind.bodyParts),
          anatomicRegions: [],
          manufacturer,
          model,
          laterality: kind.sided ? pick(['L', 'R']) : null,
          seriesDescription: text,
          protocol: next() < 0.5 ? studyDescription : null,
          sopClassUid: kind.sopClassUid,
          transferSyntaxUid: '1.2.840.10008.1.2.4.70',
        };
        const classified = classification(kind, text, next);
        for (let instance = 1; instance <= instances; instance += 1) {
          const description: InstanceDescription = {
            ...series,
            instanceUid: uid(),
            instanceNumber: instance,
            rows: modality === 'SR' ? null : 512,
            columns: modality === 'SR' ? null : 512,
            frames: 1,
          };
          const file = {
            file: objectPath(description),
            bytes: Math.floor(2e5 + next() * 4e5),
            contentHash: hex(64),
            profileHash: PROFILE_HASH,
            mayShowFace: kind.head && instances >= 22,
            treatment: TREATMENT,
          };
          yield { description, values: [...harmonise(description), ...classified], file };
        }
      }
    }
  }
}

function twoDigits(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** As the workers harmonise, remembered by text: the speed of harmonising is not what is measured here. */
function harmoniserWithMemory(): (description: InstanceDescription) => readonly IndexedValue[] {
  const harmoniser = new Harmoniser(loadVocabularies());
  const known = new Map<string, readonly IndexedValue[]>();
  return (description) => {
    const { modality, bodyPart, manufacturer, sex, laterality, seriesDescription, protocol, studyDescription } =
      description;
    const key = JSON.stringify([
      ...[modality, bodyPart, manufacturer, sex, laterality, seriesDescription, protocol, studyDescription],
    ]);
    const values = known.get(key) ?? harmoniser.harmonise(description);
    known.set(key, values);
    return values;
  };
}

/** What the classification of a series adds to it. */
function classification(kind: StudyKind, text: string, next: () => number): IndexedValue[] {
  const value = (attribute: string, original: string): IndexedValue => ({
    entity: 'series',
    attribute,
    original,
    code: null,
    label: original,
    rule: 'bench',
    tableVersion: '1',
  });
  const plane = /tra|ax/i.test(text)
    ? 'axial'
    : /sag/i.test(text)
      ? 'sagittal'
      : /cor/i.test(text)
        ? 'coronal'
        : 'none';
  const phase =
    kind.modality === 'CT' ? (['native', 'arterial', 'portal venous'][Math.floor(next() * 3)] ?? '') : 'none';
  return [
    value('plane', plane),
    value('contrast', /km|gd|\+c|contrast/i.test(text) ? 'with' : 'without'),
    value('phase', phase),
    value('derivation', next() < 0.8 ? 'original' : 'derived'),
  ];
}
