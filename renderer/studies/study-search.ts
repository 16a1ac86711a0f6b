/** The filters of the study list as they stand in the address. */
export interface StudySearch {
  readonly search?: string;
  readonly modality?: string;
  readonly bodyPart?: string;
  readonly sex?: string;
  readonly manufacturer?: string;
}

const NAMES = ['search', 'modality', 'bodyPart', 'sex', 'manufacturer'] as const;

/** Takes the filters out of an address; what is empty or unknown is left out. */
export function readStudySearch(search: Record<string, unknown>): StudySearch {
  const entries = NAMES.flatMap((name) => {
    const value = search[name];
    // The router reads a bare number in an address as a number.
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : [];
  });
  return Object.fromEntries(entries);
}
