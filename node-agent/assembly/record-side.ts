/** The catalogue records of the node, what the API sees of them, and the FAIR Data Point. */
import { randomBytes } from 'node:crypto';
import type { Download } from '../api/downloads.ts';
import type { Mount, MountedReply, MountedRequest } from '../api/mounts.ts';
import { Problem, problems } from '../api/problem.ts';
import { contentSecurityPolicy } from '../api/security.ts';
import type { RecordPort } from '../api/services.ts';
import {
  type CatalogueRecord,
  CatalogueRecords,
  DRAFT_REMARK,
  RecordError,
  type RecordErrorKind,
} from '../catalogue/record/catalogue-records.ts';
import type { ClinicalColumn } from '../catalogue/record/computed-values.ts';
import { negotiate } from '../catalogue/record/content-negotiation.ts';
import { FairDataPoint } from '../catalogue/record/fair-data-point.ts';
import { toJsonLd } from '../catalogue/record/json-ld.ts';
import { loadPropertyTable } from '../catalogue/record/property-table.ts';
import { shapesTurtle } from '../catalogue/record/shapes-turtle.ts';
import { sheetsOf, writeWorkbook } from '../catalogue/record/spreadsheet.ts';
import { toTurtle } from '../catalogue/record/turtle.ts';
import type { Finding } from '../catalogue/record/validate.ts';
import type { DisclosurePolicy } from '../governance/disclosure-policy.ts';
import { type CommonDataModel, loadCommonDataModel } from '../harmonise/common-data-model.ts';
import { printablePage } from '../operations/printable-page.ts';
import type { SettingValues } from '../settings/manifest.ts';
import type { Foundation } from './foundation.ts';

export function buildRecords(
  { indexDatabase, audit, cohorts }: Pick<Foundation, 'indexDatabase' | 'audit' | 'cohorts'>,
  settings: SettingValues,
  policy: DisclosurePolicy,
): CatalogueRecords {
  const site = settings['site.name'];
  const english = (text: string) => [{ text, language: 'en' }];
  return new CatalogueRecords({
    database: indexDatabase,
    table: loadPropertyTable(),
    disclose: (count) => policy.disclose(count),
    clinicalColumns: clinicalColumnsOf(loadCommonDataModel()),
    cohort: (query) => cohorts.series(query),
    audit,
    catalogueDefaults: {
      'dct:title': english(`Cancer imaging datasets of ${site}`),
      'dct:description': english(
        `Datasets of cancer imaging that ${site} has published: de-identified images of routine care and studies, described for research.`,
      ),
    },
  });
}

/** Data types of CSVW by the kind of a column; everything else is text. */
const DATATYPES: Readonly<Record<string, string>> = {
  date: 'date',
  decimal: 'decimal',
  integer: 'integer',
  boolean: 'boolean',
};

/** Views repeat columns of the tables; only the tables are described. */
function clinicalColumnsOf(model: CommonDataModel): ClinicalColumn[] {
  return model.tables
    .filter(({ kind }) => kind === 'table')
    .flatMap(({ name: table, columns }) =>
      columns.map(({ name, kind, unit, note, values }) => ({
        table,
        tableTitle: inWords(table),
        name,
        title: inWords(name),
        description: descriptionOf(
          inWords(name),
          kind,
          unit,
          note,
          values?.map(({ label }) => label),
        ),
        datatype: DATATYPES[kind] ?? 'string',
      })),
    );
}

function descriptionOf(title: string, kind: string, unit?: string, note?: string, labels?: readonly string[]): string {
  const choices = labels && labels.length > 0 && labels.length <= 12 ? `: ${labels.join(', ')}` : '';
  const parts = [`${title}; ${kind === 'patient' ? 'pseudonym' : kind}${unit ? ` in ${unit}` : ''}${choices}.`, note];
  return parts.filter((part) => part !== undefined && part !== '').join(' ');
}

function inWords(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const PROBLEM_OF: Readonly<Record<RecordErrorKind, { readonly status: number; readonly title: string }>> = {
  'not-found': { status: 404, title: 'Not found' },
  'not-a-draft': { status: 409, title: 'Not possible now' },
  'invalid-input': { status: 400, title: 'Not acceptable' },
};

function inProblems<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    const { status, title } = PROBLEM_OF[error.kind];
    throw new Problem(status, title, error.message);
  }
}

export function buildRecordPort(records: CatalogueRecords): RecordPort {
  const { table } = records;
  const findingsOf = (findings: readonly Finding[]) => [
    ...new Map(
      findings.map(({ severity, message, property = null }) => [message, { severity, message, property }]),
    ).values(),
  ];
  const form: RecordPort['form'] = (datasetId) =>
    inProblems(() => {
      const { answers, site, computed } = records.answers(datasetId);
      const { dataset, fields, findings } = records.record(datasetId);
      return {
        datasetId,
        title: dataset.title,
        state: dataset.state,
        version: answers.version,
        savedBy: answers.by,
        savedAt: answers.at,
        answers: answers.fields,
        site: site.fields.dataset,
        computed,
        labels: records.labels(dataset, fields),
        findings: findingsOf(findings),
      };
    });
  const site: RecordPort['site'] = () => {
    const { version, by, at, fields } = records.siteAnswers();
    return { version, savedBy: by, savedAt: at, ...fields };
  };
  return {
    table: () => ({
      edition: table.edition,
      version: table.version,
      shapes: table.shapes,
      vocabularies: table.vocabularies,
    }),
    record: (datasetId) =>
      inProblems(() => {
        const { turtle, jsonld, approved, findings } = records.record(datasetId);
        return { turtle, jsonld, approved, findings: findingsOf(findings) };
      }),
    form,
    save: (datasetId, { version, answers }, by) => {
      inProblems(() => records.save(datasetId, answers, version, by));
      return form(datasetId);
    },
    site,
    saveSite: ({ version, catalogue, dataset }, by) => {
      inProblems(() => records.saveSite({ catalogue, dataset }, version, by));
      return site();
    },
  };
}

/** The forms a record is written in, by their names on the command line and in addresses. */
export const RECORD_FORMATS = {
  turtle: { extension: 'ttl', mediaType: 'text/turtle; charset=utf-8' },
  jsonld: { extension: 'jsonld', mediaType: 'application/ld+json' },
  xlsx: {
    extension: 'xlsx',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  },
} as const;
export type RecordFormat = keyof typeof RECORD_FORMATS;

export async function writeRecord(
  records: CatalogueRecords,
  record: CatalogueRecord,
  format: RecordFormat,
): Promise<Buffer> {
  if (format === 'turtle') return Buffer.from(record.turtle);
  if (format === 'jsonld') return Buffer.from(`${JSON.stringify(record.jsonld, null, 2)}\n`);
  const labels = records.labels(record.dataset, record.fields);
  return writeWorkbook(sheetsOf(records.table, record, DRAFT_REMARK, labels));
}

export function recordDownloads(records: CatalogueRecords): Download[] {
  const formats = Object.entries(RECORD_FORMATS) as [RecordFormat, (typeof RECORD_FORMATS)[RecordFormat]][];
  return [
    {
      path: '/record/shapes.ttl',
      access: 'viewer',
      file: async () => ({
        name: 'record-shapes.ttl',
        mediaType: RECORD_FORMATS.turtle.mediaType,
        content: Buffer.from(shapesTurtle(records.table)),
      }),
    },
    ...formats.map(
      ([format, { extension, mediaType }]): Download => ({
        path: `/datasets/:id/record.${extension}`,
        access: 'viewer',
        file: async ({ id = '' }) => {
          const record = inProblems(() => records.record(id));
          const name = `${id}${record.approved ? '' : '-draft'}.${extension}`;
          return { name, mediaType, content: await writeRecord(records, record, format) };
        },
      }),
    ),
  ];
}

const OFFERED = ['text/turtle', 'application/ld+json', 'text/html'] as const;

/** Read-only, published datasets only. Without a token where the setting says so. */
export function fdpMount(records: CatalogueRecords, settings: SettingValues): Mount {
  const point = new FairDataPoint(records, settings['site.name']);
  return {
    path: '/fdp',
    scope: 'fdp',
    open: settings['fdp.access'] === 'open',
    alsoSignedIn: true,
    handle: async (request) => answer(records, point, request, settings['fdp.address']),
  };
}

function answer(
  { table }: CatalogueRecords,
  point: FairDataPoint,
  { method, path, headers }: MountedRequest,
  address: string,
): MountedReply {
  if (method !== 'GET' && method !== 'HEAD') {
    const sentence = 'The FAIR Data Point is read-only. Datasets are published in the console.';
    throw new Problem(405, 'Not allowed', sentence, { allow: 'GET, HEAD' });
  }
  const base = (address || `http://${String(headers.host ?? 'localhost')}/fdp`).replace(/\/+$/u, '');
  const form = negotiate(headers.accept?.toString(), OFFERED);
  if (form === undefined) {
    throw new Problem(406, 'Not acceptable', `The FAIR Data Point answers with ${OFFERED.join(', ')}.`);
  }
  const document = point.document(base, path);
  if (document === undefined) throw problems.notFound('published record at this address');
  const { title, resources, links } = document;
  const common = { vary: 'Accept', link: '<http://www.w3.org/ns/ldp#Resource>; rel="type"' };
  const turtle = toTurtle(resources, table.prefixes);
  if (form === 'text/turtle') {
    return { status: 200, contentType: `${form}; charset=utf-8`, headers: common, body: turtle };
  }
  if (form === 'application/ld+json') {
    const body = JSON.stringify(toJsonLd(resources, table.prefixes), null, 2);
    return { status: 200, contentType: form, headers: common, body };
  }
  const nonce = randomBytes(16).toString('base64');
  const page = printablePage(
    {
      title,
      introduction:
        'A record of the FAIR Data Point of this site, for people. Programs ask for text/turtle or application/ld+json.',
      sections: [
        {
          title: 'From here',
          paragraphs: [],
          table: { head: ['What', 'Address'], rows: links.map((one) => [one.title, one.address]) },
        },
        {
          title: 'The record',
          paragraphs: [],
          table: { head: ['Turtle'], rows: turtle.split('\n').map((line) => [line]) },
        },
      ],
    },
    nonce,
  );
  const policy = { 'content-security-policy': contentSecurityPolicy(nonce) };
  return { status: 200, contentType: `${form}; charset=utf-8`, headers: { ...common, ...policy }, body: page };
}
