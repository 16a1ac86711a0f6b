import { beforeEach, describe, expect, it } from 'vitest';
import type { Fields, FieldValue } from '../../../node-agent/catalogue/record/fields.ts';
import { resourceOf } from '../../../node-agent/catalogue/record/fields.ts';
import type { PropertyTable, RecordProperty } from '../../../node-agent/catalogue/record/property-table.ts';
import { loadPropertyTable } from '../../../node-agent/catalogue/record/property-table.ts';
import { readTurtle } from '../../../node-agent/catalogue/record/read-turtle.ts';
import { shapesOf } from '../../../node-agent/catalogue/record/shapes.ts';
import { shapesTurtle } from '../../../node-agent/catalogue/record/shapes-turtle.ts';
import { TripleIndex, triplesOf } from '../../../node-agent/catalogue/record/triples.ts';
import { toTurtle } from '../../../node-agent/catalogue/record/turtle.ts';
import { type Finding, validate } from '../../../node-agent/catalogue/record/validate.ts';
import { EVERYTHING } from './everything.ts';
import { Engine } from './other-engines.ts';
import { PUBLISHED, recordRig } from './rig.ts';

const table = loadPropertyTable();
const shapes = shapesOf(table);
const engine = new Engine(shapesTurtle(table));
/** What a published dataset says that has a value for every property: what is asked, and what is computed. */
let complete: Fields;
let catalogue: Fields;

beforeEach(() => {
  if (complete) return;
  const rig = recordRig({ segmented: 12 });
  const id = rig.draft();
  rig.records.save(id, EVERYTHING, 0, 'ada');
  rig.advance(id, ...PUBLISHED);
  rig.foundation.indexDatabase.exec(`INSERT INTO dataset_quality (dataset_id, at, content_hash, rules_version, total, scores_json, findings_json)
    SELECT dataset_id, '2026', content_hash, '1', 87.4, '[{"dimension":"completeness","score":91.2}]', '[]' FROM datasets`);
  complete = rig.records.record(id).fields;
  rig.records.saveSite(
    {
      catalogue: {
        'dct:title': [{ text: 'Catalogue', language: 'en' }],
        'dct:description': [{ text: 'Of one hospital', language: 'en' }],
        'dct:publisher': EVERYTHING['dct:publisher'],
      },
      dataset: {},
    },
    0,
    'ada',
  );
  catalogue = rig.records.catalogueFields();
});

/** A place in the record: the properties that lead to a resource, and one of its properties. */
interface Place {
  readonly path: readonly string[];
  readonly shape: string;
  readonly property: RecordProperty;
}

/** Every property of every resource that a record can hold, once for each way to it. */
function placesOf(root: string, { shapes: all }: PropertyTable = table): Place[] {
  const visit = (shape: string, path: readonly string[]): Place[] =>
    (all[shape]?.properties ?? []).flatMap((property) => [
      { path, shape, property },
      ...(property.shape === undefined ? [] : visit(property.shape, [...path, property.iri])),
    ]);
  return visit(root, []);
}

function changed(
  fields: Fields,
  path: readonly string[],
  iri: string,
  change: (values: readonly FieldValue[]) => readonly FieldValue[],
): Fields {
  const [step, ...rest] = path;
  if (step === undefined) return { ...fields, [iri]: change(fields[iri] ?? []) };
  const values = (fields[step] ?? []) as readonly Fields[];
  if (values[0] === undefined) throw new Error(`The complete record has no ${step}.`);
  return { ...fields, [step]: [changed(values[0], rest, iri, change), ...values.slice(1)] };
}

const resource = (fields: Fields, shape = 'dataset') =>
  resourceOf(table, shape, fields, `https://hospital.example/${shape}`);
const check = (fields: Fields, shape?: string): Finding[] =>
  validate(shapes, new TripleIndex(triplesOf([resource(fields, shape)], table.expand)));
const namesOf = (findings: readonly Finding[]) =>
  findings.map(({ constraint, severity }) => `${constraint} ${severity}`).sort();

/** Ours and the engine's, which have to agree. */
async function bothFind(fields: Fields, shape?: string): Promise<Finding[]> {
  const ours = check(fields, shape);
  const theirs = await engine.check(toTurtle([resource(fields, shape)], table.prefixes));
  expect(namesOf(ours)).toEqual(theirs.broken);
  expect([...new Set(ours.map(({ message }) => message))].sort()).toEqual([...new Set(theirs.messages)].sort());
  return ours;
}

const nameOf = ({ path, property }: Place) => [...path, property.iri].join(' / ');
const PLACES = placesOf('dataset');

describe('the record of a published dataset', () => {
  it('passes the shapes, by our check and by an engine of others', async () => {
    expect(await bothFind(complete)).toEqual([]);
    const rig = recordRig();
    const record = rig.records.record(rig.advance(rig.draft(), ...PUBLISHED));
    const report = await engine.check(record.turtle);
    expect(report.broken).toEqual(['dataset-healthdcatap_hdab-minCount warning']);
    expect(rig.records.objections(record.dataset.id)).toEqual([]);
  });

  it('has a value for every property of the table, so that each can be taken away', () => {
    const without = PLACES.filter(({ path, property }) => {
      let at: Fields = complete;
      for (const step of path) at = (at[step]?.[0] ?? {}) as Fields;
      return (at[property.iri] ?? []).length === 0;
    });
    // addresses of concepts and of files with synthetic rows, which nothing is known of
    expect(without.map(nameOf)).toEqual(
      [
        'healthdcatap:hasVariables / csvw:table / csvw:column / csvw:propertyUrl',
        'healthdcatap:hasVariables / csvw:table / csvw:url',
        'dqv:hasQualityAnnotation / dqv:inDimension',
        'dqv:hasQualityAnnotation / foaf:page',
      ].sort((a, b) => without.findIndex((one) => nameOf(one) === a) - without.findIndex((one) => nameOf(one) === b)),
    );
  });

  const mandatory = PLACES.filter(({ property }) => property.min > 0);
  it(`has ${mandatory.length} mandatory properties, those of EUCAIM DCAT-AP v2.0 among them`, () => {
    const ofDataset = mandatory.filter(({ path, property }) => path.length === 0 && property.level === 'mandatory');
    expect(ofDataset.map(({ property }) => property.iri).sort()).toEqual(
      [
        'dct:identifier dct:title dct:description dcat:version eucaim:interoperabilityLevel dcat:distribution dcat:contactPoint',
        'dcat:theme healthdcatap:healthCategory dct:type dct:accessRights dcatap:applicableLegislation dct:publisher',
        'healthdcatap:hasStructuredData healthdcatap:numberOfUniqueIndividuals healthdcatap:numberOfRecords eucaim:hasBirthSex',
        'eucaim:hasCondition eucaim:collectionMethod eucaim:hasImageModality eucaim:hasEquipmentManufacturer',
        'eucaim:hasImageBodyPart dcat:keyword dct:provenance healthdcatap:hdab',
      ]
        .flatMap((line) => line.split(' '))
        .sort(),
    );
    const ofDistribution = mandatory.filter(({ path }) => path.join() === 'dcat:distribution');
    expect(ofDistribution.map(({ property }) => property.iri)).toEqual([
      'dcat:accessURL',
      'dcatap:applicableLegislation',
      'dct:rights',
    ]);
  });

  it.each(mandatory.map((place) => [nameOf(place), place] as const))(
    'without %s fails and names it',
    async (_, place) => {
      const findings = await bothFind(changed(complete, place.path, place.property.iri, () => []));
      const own = findings.filter(({ property }) => property === place.property.iri);
      expect(own.length).toBeGreaterThan(0);
      for (const { message } of own) {
        expect(message).toContain(`${place.property.name} (${place.property.iri})`);
        expect(message).toMatch(/^[A-Z].*\.$/s);
      }
      // the health data access body alone may be missing
      const severities = new Set(own.map(({ severity }) => severity));
      expect([...severities]).toEqual([place.property.mayBeEmpty ? 'warning' : 'violation']);
    },
  );

  const bounded = PLACES.filter(({ property }) => property.max !== null);
  it.each(bounded.map((place) => [nameOf(place), place] as const))(
    'with one value too many of %s fails and names it',
    async (_, place) => {
      const other = place.property;
      const findings = await bothFind(changed(complete, place.path, other.iri, (values) => tooMany(values, other)));
      const own = findings.filter(
        ({ constraint }) => constraint === `${place.shape}-${other.iri.replace(':', '_')}-maxCount`,
      );
      expect(own).toHaveLength(1);
      expect(own[0]?.message).toContain(`${other.name} (${other.iri})`);
    },
  );

  const open = PLACES.filter(
    ({ property, path }) =>
      property.max === null && property.shape === undefined && path.length === 0 && property.value === 'text',
  );
  it.each(open.map((place) => [nameOf(place), place] as const))(
    'may have several values of %s',
    (_, { path, property }) => {
      const more = [
        { text: 'Uno', language: 'es' },
        { text: 'Une', language: 'fr' },
      ];
      expect(check(changed(complete, path, property.iri, (values) => [...values, ...more]))).toEqual([]);
    },
  );

  const typed = PLACES.filter(({ property }) =>
    ['concept', 'integer', 'decimal', 'boolean', 'date', 'duration', 'hex', 'mailto'].includes(property.value),
  );
  it.each(typed.map((place) => [nameOf(place), place] as const))(
    'with a value of no kind in %s fails and names it',
    async (_, { path, property }) => {
      const findings = await bothFind(
        changed(complete, path, property.iri, () => ['https://elsewhere.example/wrong value']),
      );
      expect(findings.map((finding) => finding.property)).toContain(property.iri);
    },
  );

  const words = PLACES.filter(
    ({ property }) => ['text', 'string'].includes(property.value) && property.origin === 'asked',
  );
  it.each(words.map((place) => [nameOf(place), place] as const))(
    'with a placeholder in %s fails and names it',
    async (_, { path, property }) => {
      for (const word of ['TBD', ' n/a', 'To be determined', '???']) {
        const value = property.value === 'text' ? { text: word, language: 'en' } : word;
        const fields = changed(complete, path, property.iri, () => [value]);
        const findings = word === 'TBD' ? await bothFind(fields) : check(fields);
        expect(findings.map(({ constraint }) => constraint).join()).toMatch(/-placeholder/);
      }
    },
  );

  it.each([
    [
      'a title in no English',
      'dct:title',
      [{ text: 'Mamma', language: 'de' }],
      /Title \(dct:title\) of the dataset has no value in English/,
    ],
    [
      'legislation without the EHDS Regulation',
      'dcatap:applicableLegislation',
      ['http://data.europa.eu/eli/reg/2016/679/oj'],
      /Applicable legislation .* lacks European Health Data Space/,
    ],
    [
      'a contact point nobody can reach',
      'dcat:contactPoint',
      [{ 'vcard:fn': ['Office'] }],
      /contact point of the dataset has none of these: Contact page \(vcard:hasURL\), E-mail/,
    ],
    [
      'a retention period without ends',
      'healthdcatap:retentionPeriod',
      [{ 'dct:description': [{ text: 'Long', language: 'en' }] }],
      /period has none of these/,
    ],
    [
      'structured data without variables',
      'healthdcatap:hasVariables',
      [],
      /Variables \(healthdcatap:hasVariables\) of the dataset is missing, although Structured data/,
    ],
    [
      'an access body that is a placeholder',
      'healthdcatap:hdab',
      [
        {
          'foaf:name': [{ text: 'To be designated', language: 'en' }],
          'cv:contactPoint': [{ 'cv:email': ['x@y.eu'] }],
        },
      ],
      /Name \(foaf:name\) of the health data access body is a placeholder/,
    ],
  ])('with %s fails', async (_, iri, values, sentence) => {
    const findings = await bothFind({ ...complete, [iri]: values });
    expect(findings.filter(({ severity }) => severity === 'violation').map(({ message }) => message)).toEqual([
      expect.stringMatching(sentence),
    ]);
  });

  it('with a distribution under conditions of use alone lacks a condition of access', async () => {
    const use =
      'https://eucaim.github.io/eucaim_dcat_ap/releases/controlled-vocabularies/data-use-conditions/#NO_RESTRICTION';
    const findings = await bothFind(changed(complete, ['dcat:distribution'], 'dct:rights', () => [use]));
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/names none of the EUCAIM access conditions/),
    ]);
    expect(
      await bothFind(changed(complete, ['dcat:distribution'], 'dct:rights', (values) => [...values, use])),
    ).toEqual([]);
  });
});

/** One more than the property takes, each a different one. */
function tooMany(values: readonly FieldValue[], property: RecordProperty): FieldValue[] {
  const more = values.length === 0 ? ['https://hospital.example/one'] : [...values];
  return [...more, another(more, property)];
}

/** A further value of the same kind. */
function another(values: readonly FieldValue[], property: RecordProperty): FieldValue {
  const [first = ''] = values;
  if (property.shape !== undefined) return first;
  switch (property.value) {
    case 'text':
      return { text: 'Another', language: 'en' };
    case 'integer':
      return '770';
    case 'decimal':
      return '0.25';
    case 'boolean':
      return first === 'true' ? 'false' : 'true';
    case 'date':
      return '1990';
    case 'duration':
      return 'P9D';
    case 'hex':
      return 'aabb';
    case 'mailto':
      return 'another@hospital.example';
    case 'concept': {
      const { values: known, base } = table.vocabulary(property.vocabulary ?? '');
      return known.find(({ iri }) => iri !== first)?.iri ?? `${base[0]}999`;
    }
    default:
      return 'https://hospital.example/another';
  }
}

describe('the catalogue', () => {
  it('passes the shapes', async () => {
    expect(await bothFind(catalogue, 'catalogue')).toEqual([]);
  });

  const mandatory = table.shape('catalogue').properties.filter(({ min }) => min > 0);
  it.each(mandatory.map((property) => [property.iri, property] as const))(
    'without %s fails and names it',
    async (iri, { name }) => {
      const findings = await bothFind({ ...catalogue, [iri]: [] }, 'catalogue');
      expect(findings.map(({ message }) => message).join()).toContain(`${name} (${iri}) of the catalogue`);
    },
  );
});

describe('the shapes that are handed out', () => {
  it('hold every constraint of the check, each with its sentence', () => {
    const text = shapesTurtle(table);
    for (const { constraints, nodeConstraints } of shapes) {
      for (const { id, message } of [...constraints, ...nodeConstraints]) {
        expect(text).toContain(`shape:${id} a sh:`);
        expect(text).toContain(JSON.stringify(message));
      }
    }
    const ids = shapes.flatMap(({ constraints, nodeConstraints }) =>
      [...constraints, ...nodeConstraints].map(({ id }) => id),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('find the same in a file that others wrote', async () => {
    const text = `@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
      <https://other.example/d> a dcat:Dataset ; dct:title "Titel"@de, "Title" ; dct:publisher <https://other.example/us> ;
        dcat:distribution [ a dcat:Distribution ; dcat:accessURL "no address" ] ; dct:temporal "2020" .`;
    const read = await readTurtle(text);
    if ('problem' in read) throw new Error(read.problem);
    const ours = validate(shapes, new TripleIndex(read.triples));
    expect(ours.length).toBeGreaterThan(25);
    expect(namesOf(ours)).toEqual((await engine.check(text)).broken);
  });
});

describe('the property table', () => {
  it('states its edition and its source', () => {
    expect(table.edition).toContain('EUCAIM DCAT-AP v2.0');
    expect(table.source).toContain('eucaim_dcat_ap');
  });

  it('is refused with its name when it cannot be read', () => {
    expect(() => loadPropertyTable('/nowhere/table.json')).toThrow(
      /The record table \/nowhere\/table\.json cannot be used/,
    );
  });

  it('has help in plain words for every property, and a source for each that is not asked', () => {
    for (const { property } of [...PLACES, ...placesOf('catalogue')]) {
      expect(property.help).toMatch(/^[A-Z0-9].*\.$/s);
      if (property.origin !== 'asked') expect(property.source).toMatch(/^[A-Z].*\.$/s);
    }
  });
});
