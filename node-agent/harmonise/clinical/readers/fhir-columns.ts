/** What is read of a resource of FHIR R4, as columns; the extensions are those of mCODE (HL7 FHIR mCODE STU 3). */

export type FhirNode = { readonly [key: string]: unknown };
export type FhirResourceType = 'Patient' | 'Condition' | 'Observation' | 'Procedure';

interface FhirColumn {
  readonly name: string;
  readonly kind: 'text' | 'codings';
  readonly values: (resource: FhirNode) => string[];
  /** URLs of the extensions that are read. */
  readonly extensions?: readonly string[];
}

const MCODE = 'http://hl7.org/fhir/us/mcode/StructureDefinition/';
const HISTOLOGY = `${MCODE}mcode-histology-morphology-behavior`;
const ASSERTED = 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate';
const BIRTH_SEX = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-birthsex';

export const FHIR_COLUMNS: Record<FhirResourceType, readonly FhirColumn[]> = {
  Patient: [
    text('gender', ({ gender }) => gender),
    { ...text('birthSex', (patient) => extension(patient, BIRTH_SEX)?.valueCode), extensions: [BIRTH_SEX] },
    text('birthDate', ({ birthDate }) => birthDate),
    text(
      'deceased',
      ({ deceasedBoolean, deceasedDateTime }) => deceasedBoolean ?? (deceasedDateTime === undefined ? undefined : true),
    ),
    text('deceasedDateTime', ({ deceasedDateTime }) => deceasedDateTime),
  ],
  Condition: [
    codings('code', ({ code }) => [code]),
    codings('bodySite', ({ bodySite }) => nodesIn(bodySite)),
    {
      ...codings('histology', (condition) => [extension(condition, HISTOLOGY)?.valueCodeableConcept]),
      extensions: [HISTOLOGY],
    },
    {
      ...text(
        'assertedDate',
        (condition) =>
          extension(condition, ASSERTED)?.valueDateTime ?? condition.onsetDateTime ?? condition.recordedDate,
      ),
      extensions: [ASSERTED],
    },
    // The profile of a condition says whether it is the primary one.
    codings('profile', ({ meta }) =>
      isNode(meta) && Array.isArray(meta.profile) ? meta.profile.map(profileCode) : [],
    ),
    codings('stage', ({ stage }) => nodesIn(stage).map(({ summary }) => summary)),
  ],
  Observation: [
    codings('code', ({ code }) => [code]),
    text('valueQuantity', ({ valueQuantity, valueInteger }) =>
      isNode(valueQuantity) ? valueQuantity.value : valueInteger,
    ),
    text('valueQuantity.unit', ({ valueQuantity }) =>
      isNode(valueQuantity) ? (valueQuantity.code ?? valueQuantity.unit) : undefined,
    ),
    codings('valueCodeableConcept', ({ valueCodeableConcept }) => [valueCodeableConcept]),
    text('effectiveDate', ({ effectiveDateTime, effectivePeriod }) => effectiveDateTime ?? start(effectivePeriod)),
  ],
  Procedure: [
    codings('code', ({ code }) => [code]),
    codings('category', ({ category }) => [category]),
    text('performedDate', ({ performedDateTime, performedPeriod }) => performedDateTime ?? start(performedPeriod)),
    text('performedEnd', ({ performedPeriod }) => (isNode(performedPeriod) ? performedPeriod.end : undefined)),
    codings('bodySite', ({ bodySite }) => nodesIn(bodySite)),
  ],
};

/** An object of JSON. */
export function isNode(value: unknown): value is FhirNode {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; none where there is no list. */
export function nodesIn(value: unknown): FhirNode[] {
  return Array.isArray(value) ? value.filter(isNode) : [];
}

function text(name: string, of: (resource: FhirNode) => unknown): FhirColumn {
  return {
    name,
    kind: 'text',
    values: (resource) => {
      const value = of(resource);
      return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? [String(value).trim()]
        : [];
    },
  };
}

/** Codes as `system|code`, the way FHIR searches write them; the words of a concept are never read. */
function codings(name: string, of: (resource: FhirNode) => readonly unknown[]): FhirColumn {
  return {
    name,
    kind: 'codings',
    values: (resource) =>
      of(resource)
        .filter(isNode)
        .flatMap((concept) => nodesIn(concept.coding))
        .flatMap(({ system, code }) =>
          typeof code === 'string' ? [`${typeof system === 'string' ? system : ''}|${code}`] : [],
        ),
  };
}

function profileCode(profile: unknown): FhirNode | undefined {
  const code = typeof profile === 'string' && profile.startsWith(MCODE) ? profile.slice(MCODE.length) : undefined;
  return code === undefined ? undefined : { coding: [{ system: MCODE, code }] };
}

function extension({ extension: extensions }: FhirNode, url: string): FhirNode | undefined {
  return nodesIn(extensions).find((candidate) => candidate.url === url);
}

function start(period: unknown): unknown {
  return isNode(period) ? period.start : undefined;
}
