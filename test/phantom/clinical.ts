/**
 * Clinical data of the phantoms: a CSV as a tumour registry would export it, and a FHIR R4 bundle with profiles of mCODE.
 * What happened stands at fixed distances from the first study, so that outputs can be judged without the originals.
 */
import type { AnswerKey } from './answer-key.ts';
import type { CancerType } from './protocol.ts';

/** Days from the first study. */
export const DAYS = {
  diagnosis: -14,
  biopsy: -7,
  treatment: 30,
  treatmentEnd: 72,
  marker: -3,
  lastContact: 400,
} as const;

interface Disease {
  readonly icd10: string;
  readonly snomed: string;
  readonly site: string;
  readonly histology: string;
  /** The EUCAIM code it has to become. */
  readonly eucaim: string;
}

export const DISEASES: Record<CancerType, Disease> = {
  breast: { icd10: 'C50.4', snomed: '254837009', site: '76752008', histology: '8500/3', eucaim: 'CLIN1000060' },
  prostate: { icd10: 'C61', snomed: '399068003', site: '41216001', histology: '8140/3', eucaim: 'CLIN1000075' },
  lung: { icd10: 'C34.1', snomed: '363358000', site: '39607008', histology: '8046/3', eucaim: 'CLIN1000065' },
  colon: { icd10: 'C18.7', snomed: '363406005', site: '71854001', histology: '8140/3', eucaim: 'CLIN1000057' },
  rectum: { icd10: 'C20', snomed: '363351006', site: '34402009', histology: '8140/3', eucaim: 'CLIN1000077' },
  liver: { icd10: 'C22.0', snomed: '93870000', site: '10200004', histology: '8170/3', eucaim: 'CLIN1000071' },
  glioma: { icd10: 'Gliom', snomed: '393564001', site: '12738006', histology: '9380/3', eucaim: 'CLIN1007995' },
  glioblastoma: {
    icd10: 'Glioblastom',
    snomed: '393563007',
    site: '12738006',
    histology: '9440/3',
    eucaim: 'CLIN1000067',
  },
  neuroblastoma: {
    icd10: 'Neuroblastom',
    snomed: '432328008',
    site: '23451007',
    histology: '9500/3',
    eucaim: 'CLIN1000066',
  },
};

export interface ClinicalPhantom {
  readonly patientId: string;
  readonly name: string;
  readonly sex: string;
  readonly birthDate: string;
  readonly disease: Disease;
  /** `YYYY-MM-DD` of what happened. */
  readonly dates: Readonly<Record<keyof typeof DAYS | 'firstStudy', string>>;
}

/** What happened to every patient of the key. */
export function clinicalPhantoms(key: AnswerKey): ClinicalPhantom[] {
  return key.patients.map(({ key: patient, patientId, name, sex, birthDate, cancerType }) => {
    const firstStudy = iso(
      key.objects
        .filter((object) => object.patient === patient)
        .flatMap(({ planted }) => planted.filter(({ path }) => path === '(0008,0020)').map(({ value }) => value))
        .sort()[0] ?? '',
    );
    const dates = Object.fromEntries(Object.entries(DAYS).map(([event, days]) => [event, addDays(firstStudy, days)]));
    return {
      patientId,
      name,
      sex,
      birthDate: iso(birthDate),
      disease: DISEASES[cancerType as CancerType],
      dates: { ...(dates as Record<keyof typeof DAYS, string>), firstStudy },
    };
  });
}

const HEAD = [
  'Patienten-ID',
  'Name',
  'Geburtsdatum',
  'Geschlecht',
  'Population',
  'ICD10',
  'Diagnosedatum',
  'Histologie',
  'Biopsiedatum',
  'Pathologie_Methode',
  'Therapie',
  'Therapiebeginn',
  'Therapieende',
  'Letzter Kontakt',
  'Verstorben',
  'Bemerkung',
];

/** Semicolons and German dates; the name and the remark identify and must not get through. */
export function clinicalCsv(phantoms: readonly ClinicalPhantom[]): string {
  const lines = phantoms.map(({ patientId, name, sex, birthDate, disease, dates }) => [
    patientId,
    name,
    german(birthDate),
    { F: 'weiblich', M: 'männlich' }[sex] ?? 'divers',
    'Fall',
    disease.icd10,
    german(dates.diagnosis),
    disease.histology,
    german(dates.biopsy),
    'Stanzbiopsie',
    'Bestrahlung',
    german(dates.treatment),
    german(dates.treatmentEnd),
    german(dates.lastContact),
    'nein',
    `Anruf von ${name} am ${german(dates.treatment)}; Tel. +49 170 0000000`,
  ]);
  return [HEAD, ...lines].map((cells) => cells.map(quoted).join(';')).join('\r\n');
}

/** Patient, Condition, Procedure and Observation of every patient, with identifiers where FHIR has a place for them. */
export function clinicalBundle(phantoms: readonly ClinicalPhantom[]): unknown {
  return { resourceType: 'Bundle', type: 'collection', entry: phantoms.flatMap(entriesOf) };
}

function entriesOf(phantom: ClinicalPhantom, index: number) {
  const { patientId, name, sex, birthDate, disease, dates } = phantom;
  const url = `urn:uuid:00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
  const subject = { reference: url, display: name };
  const sct = (code: string, display?: string) => ({
    coding: [{ system: 'http://snomed.info/sct', code, display }],
    text: name,
  });
  const resources = [
    {
      resourceType: 'Condition',
      meta: { profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition'] },
      subject,
      code: sct(disease.snomed),
      bodySite: [sct(disease.site)],
      onsetDateTime: dates.diagnosis,
      recorder: { display: 'Dr. Papadimas' },
      note: [{ text: `${name}, ${patientId}` }],
      extension: [
        {
          url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior',
          valueCodeableConcept: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/icd-o-3', code: disease.histology }],
          },
        },
        { url: 'http://hospital.example/StructureDefinition/ward', valueString: 'Station 3 Nord' },
      ],
    },
    { resourceType: 'Procedure', subject, code: sct('9911007'), performedDateTime: `${dates.biopsy}T10:20:00+01:00` },
    {
      resourceType: 'Procedure',
      subject,
      code: sct('108290001'),
      performedPeriod: { start: dates.treatment, end: dates.treatmentEnd },
    },
    { resourceType: 'Procedure', subject, code: sct('80146002', 'Appendectomy'), performedDateTime: dates.diagnosis },
    {
      resourceType: 'Observation',
      status: 'final',
      subject,
      code: { coding: [{ system: 'http://loinc.org', code: '2039-6' }] },
      valueQuantity: { value: 3.4, unit: 'ng/mL', code: 'ng/mL', system: 'http://unitsofmeasure.org' },
      effectiveDateTime: dates.marker,
    },
  ];
  const patient = {
    resourceType: 'Patient',
    id: String(index + 1),
    identifier: [
      { system: 'http://hospital.example/insurance', value: `KV${index}00011122` },
      { type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code: 'MR' }] }, value: patientId },
    ],
    name: [{ text: name }],
    telecom: [{ value: '+49 170 0000000' }],
    gender: { F: 'female', M: 'male' }[sex] ?? 'other',
    birthDate,
    deceasedBoolean: false,
  };
  return [{ fullUrl: url, resource: patient }, ...resources.map((resource) => ({ resource }))];
}

/** @param date `YYYY-MM-DD` */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Of a DA value. */
export function iso(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}`;
}

function german(date: string): string {
  return date.split('-').reverse().join('.');
}

function quoted(cell: string): string {
  return /[";\n]/u.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
