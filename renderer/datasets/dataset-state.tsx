import type { Answer } from '../client/call.ts';
import type { Tone } from '../shared/notice.tsx';
import { Tag } from '../shared/tag.tsx';

export type DatasetState = Answer<'getDataset'>['state'];

const TONES: Readonly<Record<string, Tone>> = {
  draft: 'neutral',
  checked: 'info',
  released: 'accent',
  published: 'good',
  withdrawn: 'warning',
};

/** The state of a dataset. */
export function DatasetStateTag({ state }: { state: string }) {
  return (
    <Tag tone={TONES[state] ?? 'neutral'} dot>
      {state}
    </Tag>
  );
}
