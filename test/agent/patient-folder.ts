/** Small CT objects of invented patients, each delivery in a folder of its own. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ctElements, text, writeSource } from '../deidentify/fixtures.ts';

/** Patient ID, number of instances, and `the same study` where they belong to the patient's first one. */
export type Delivery = readonly [patientId: string, instances: number, of?: 'the same study'];

let study = 0;

/** @returns the folder of each delivery */
export async function patientFolder<Name extends string>(
  root: string,
  name: string,
  deliveries: Readonly<Record<Name, Delivery>>,
): Promise<Record<Name, string>> {
  const studies = new Map<string, number>();
  const folders: [string, string][] = [];
  let instance = 0;
  for (const [delivery, [patientId, instances, of]] of Object.entries<Delivery>(deliveries)) {
    study += 1;
    const number = of ? (studies.get(patientId) ?? study) : study;
    if (!studies.has(patientId)) studies.set(patientId, number);
    const folder = join(root, `${name}-sent`, delivery);
    folders.push([delivery, folder]);
    for (let index = 0; index < instances; index += 1) {
      instance += 1;
      const own = join(folder, String(index));
      mkdirSync(own, { recursive: true });
      await writeSource(
        own,
        ctElements(
          text('PatientID', 'LO', patientId),
          text('StudyInstanceUID', 'UI', `1.2.276.0.7230010.3.1.2.7.${number}`),
          text('SeriesInstanceUID', 'UI', `1.2.276.0.7230010.3.1.3.7.${number}`),
          text('SOPInstanceUID', 'UI', `1.2.276.0.7230010.3.1.4.7.${study}.${instance}`),
        ),
      );
      rmSync(join(own, 'nothing'));
    }
  }
  return Object.fromEntries(folders) as Record<Name, string>;
}
