import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { call } from '../client/call.ts';
import { keyOf } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { describeCohort } from './cohort-words.ts';
import type { DatasetDraft } from './draft.ts';

const TYPING_MILLISECONDS = 300;

/** What the cohort would hold now, recounted while it is chosen. */
export function CohortPreview({ query }: { query: DatasetDraft['query'] }) {
  const [settled] = useDebouncedValue(query, TYPING_MILLISECONDS);
  const values = { body: settled };
  const preview = useQuery({
    queryKey: keyOf('previewCohort', values),
    queryFn: () => call('previewCohort', values),
    placeholderData: keepPreviousData,
  });
  return (
    <div className="preview">
      <Panel title="It would hold" description={describeCohort(query)}>
        <div aria-live="polite">
          <Answered query={preview} height={120}>
            {(counts) => (
              <>
                <Figures
                  figures={[
                    { label: 'Patients', value: formatCount(counts.patients) },
                    { label: 'Studies', value: formatCount(counts.studies) },
                    { label: 'Series', value: formatCount(counts.series) },
                    { label: 'Images', value: formatCount(counts.instances) },
                    { label: 'Size', value: formatBytes(counts.bytes) },
                  ]}
                />
                {counts.studies === 0 && <Notice tone="warning">No study fulfils all filters. Remove one.</Notice>}
              </>
            )}
          </Answered>
        </div>
      </Panel>
    </div>
  );
}
