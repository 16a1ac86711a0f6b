import type { z } from 'zod';
import { newDataset } from '../../node-agent/api/schemas.ts';

/** What the form holds before it is valid. */
export type DatasetDraft = z.output<typeof newDataset>;

/** A cohort query that comes with the address, from the study list or a saved query, as JSON. */
export function readDraftSearch(search: Record<string, unknown>): { query?: string } {
  const { query } = search;
  const text = typeof query === 'object' && query !== null ? JSON.stringify(query) : query;
  return typeof text === 'string' ? { query: text } : {};
}

export const EMPTY_DRAFT: DatasetDraft = {
  title: '',
  description: '',
  condition: '',
  query: {},
  publisher: '',
  contactEmail: '',
  keywords: [],
  provenance: '',
  accessUrl: '',
};

const SENTENCES: Readonly<Partial<Record<keyof DatasetDraft, string>>> = {
  title: 'Give it a title of at least 3 characters.',
  description: 'Describe it in at least 3 characters.',
  condition: 'Choose the cancer type.',
  publisher: 'Name the institution that publishes it.',
  contactEmail: 'Enter an e-mail address, such as data@example.org.',
  provenance: 'Say where the studies come from.',
  accessUrl: 'Enter a full address that begins with https://.',
};

/** What is still missing, one sentence per field, by the rules of the contract. */
export function errorsOf(draft: DatasetDraft): Partial<Record<keyof DatasetDraft, string>> {
  const errors: Partial<Record<keyof DatasetDraft, string>> = {};
  // The contract takes any code; the form must have one.
  if (draft.condition === '') errors.condition = SENTENCES.condition ?? '';
  const result = newDataset.safeParse(draft);
  for (const issue of result.error?.issues ?? []) {
    const name = issue.path[0] as keyof DatasetDraft;
    errors[name] ??= SENTENCES[name] ?? issue.message;
  }
  return errors;
}
