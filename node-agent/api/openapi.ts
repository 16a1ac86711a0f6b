/** The OpenAPI 3.1 document, made from the route table. */
import { z } from 'zod';
import { type Route, routes } from './contract.ts';
import { indexExport } from './schemas/search.ts';
import { event, importRun, problem } from './schemas.ts';

export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operation(name, route) };
  }
  Object.assign(paths, BESIDE_THE_TABLE);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version,
      description: 'API of one Gatehouse node. Nothing in it carries a patient identifier.',
    },
    paths,
    components: {
      schemas: { Problem: z.toJSONSchema(problem) },
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'gatehouse_session' },
        token: { type: 'http', scheme: 'bearer' },
      },
    },
  };
}

const SECURITY = { security: [{ session: [] }], description: 'Needs the role viewer.' };
const PROBLEM = {
  description: 'What went wrong and what to do',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The Store transaction of PS3.18 §10.5; the conformance statement says all of it. */
function store(operationId: string, parameters: readonly object[]): object {
  const answer = (description: string) => ({ description, content: { 'application/dicom+json': {} } });
  return {
    operationId,
    summary: 'Stores DICOM files over DICOMweb (STOW-RS)',
    security: [{ token: [] }],
    description: 'Needs a token of the scope stow.',
    ...(parameters.length > 0 ? { parameters } : {}),
    requestBody: { required: true, content: { 'multipart/related; type="application/dicom"': {} } },
    responses: {
      200: answer('All objects are stored'),
      202: answer('Some objects are stored; the others are named with their reasons'),
      409: answer('No object is stored; each is named with its reason'),
      default: PROBLEM,
    },
  };
}

/** Answers that are not JSON of the contract. */
const BESIDE_THE_TABLE = {
  '/api/v1/events': {
    get: {
      operationId: 'events',
      summary: 'Server-sent events: the counts at once and after every change, and what changed',
      ...SECURITY,
      responses: {
        200: { description: 'A stream', content: { 'text/event-stream': { schema: z.toJSONSchema(event) } } },
        default: PROBLEM,
      },
    },
  },
  '/api/v1/series/{id}/thumbnail': {
    get: {
      operationId: 'getThumbnail',
      summary: 'A small picture of the middle image of a series',
      ...SECURITY,
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { 200: { description: 'The picture', content: { 'image/png': {} } }, default: PROBLEM },
    },
  },
  '/api/v1/imports/upload': {
    post: {
      operationId: 'uploadArchive',
      summary: 'Takes a ZIP archive as it comes and imports its DICOM files',
      security: [{ session: [] }],
      description: 'Needs the role administrator. The setting http.uploadMegabytes limits its size.',
      requestBody: { required: true, content: { 'application/zip': {} } },
      responses: {
        200: {
          description: 'The import, which waits',
          content: { 'application/json': { schema: z.toJSONSchema(importRun) } },
        },
        default: PROBLEM,
      },
    },
  },
  '/api/v1/conformance-statement': {
    get: {
      operationId: 'getConformanceStatement',
      summary: 'The DICOM Conformance Statement of this node',
      ...SECURITY,
      responses: { 200: { description: 'A page to read and print', content: { 'text/html': {} } }, default: PROBLEM },
    },
  },
  '/api/v1/datasets/{id}/report/page': {
    get: {
      operationId: 'getDatasetReportPage',
      summary: 'The de-identification report of a dataset, to print and to sign',
      ...SECURITY,
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      responses: { 200: { description: 'A page to read and print', content: { 'text/html': {} } }, default: PROBLEM },
    },
  },
  '/api/v1/index/export': {
    get: {
      operationId: 'exportIndex',
      summary: 'Studies, series or instances that match, de-identified columns only, as CSV or Parquet',
      security: [{ session: [] }],
      description: 'Needs the role officer; entered in the audit log.',
      parameters: parametersOf('query', indexExport),
      responses: {
        200: { description: 'The table', content: { 'text/csv': {}, 'application/vnd.apache.parquet': {} } },
        default: PROBLEM,
      },
    },
  },
  '/dicom-web/studies': { post: store('storeInstances', []) },
  '/dicom-web/studies/{study}': {
    post: store('storeInstancesOfStudy', [{ name: 'study', in: 'path', required: true, schema: { type: 'string' } }]),
  },
  '/health': {
    get: {
      operationId: 'getHealth',
      summary: 'Whether the node can take work',
      responses: { 200: { description: 'It can' }, 503: { description: 'It is starting or stopping' } },
    },
  },
  '/metrics': {
    get: {
      operationId: 'getMetrics',
      summary: 'Figures of the ledger and the process in the Prometheus text format',
      responses: { 200: { description: 'The figures', content: { 'text/plain': {} } } },
    },
  },
} as const;

function operation(name: string, route: Route): object {
  const parameters = [...parametersOf('path', route.params), ...parametersOf('query', route.query)];
  return {
    operationId: name,
    summary: route.summary,
    ...(route.access === 'public'
      ? {}
      : { security: [{ session: [] }], description: `Needs the role ${route.access}.` }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: z.toJSONSchema(route.body, { io: 'input' }) } },
          },
        }
      : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: z.toJSONSchema(route.response) } } },
      default: PROBLEM,
    },
  };
}

function parametersOf(place: 'path' | 'query', object: z.ZodObject | undefined): object[] {
  return Object.entries(object?.shape ?? {}).map(([name, shape]) => ({
    name,
    in: place,
    required: place === 'path' || !(shape as z.ZodType).safeParse(undefined).success,
    schema: z.toJSONSchema(shape as z.ZodType, { io: 'input' }),
  }));
}
