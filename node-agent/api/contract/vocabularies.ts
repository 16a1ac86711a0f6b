/** Rows of the API's table: vocabularies as versioned tables. */
import { z } from 'zod';
import * as schema from '../schemas/vocabularies.ts';
import type { Route } from './route.ts';

const named = z.object({ name: z.string().min(1).max(64) });

export const vocabularyRoutes = {
  listVocabularies: {
    method: 'get',
    path: '/vocabularies',
    access: 'viewer',
    response: schema.vocabularyList,
    summary: 'The tables that codes are chosen by, with version, edition and source',
  },
  explainCode: {
    method: 'get',
    path: '/vocabularies/codes/:code',
    access: 'viewer',
    params: z.object({ code: z.string().min(1).max(200) }),
    response: schema.explainedCode,
    summary: 'What a code or label of the EUCAIM hyper-ontology means, in either generation',
  },
  exportVocabulary: {
    method: 'get',
    path: '/vocabularies/:name/file',
    access: 'viewer',
    params: named,
    response: schema.vocabularyExport,
    summary: 'A table in the form that is imported',
  },
  previewVocabulary: {
    method: 'post',
    path: '/vocabularies/preview',
    access: 'administrator',
    body: schema.vocabularyFile,
    largestBody: '2mb',
    response: schema.vocabularyPreview,
    summary: 'What a table would change, or every line that is wrong with it; nothing is changed yet',
  },
  importVocabulary: {
    method: 'post',
    path: '/vocabularies',
    access: 'administrator',
    body: schema.vocabularyImport,
    largestBody: '2mb',
    response: schema.vocabularyChange,
    changes: ['vocabularies', 'studies'],
    summary: 'Puts a table into use; indexed values are harmonised again from their originals',
  },
  restoreVocabulary: {
    method: 'post',
    path: '/vocabularies/:name/restore',
    access: 'administrator',
    params: named,
    response: schema.vocabularyList,
    changes: ['vocabularies', 'studies'],
    summary: 'The table of the release counts again',
  },
} as const satisfies Record<string, Route>;
