import { IconCheck } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import type { DatasetState } from './dataset-state.tsx';

type DatasetDetail = Answer<'getDataset'>;

const STEPS: readonly { state: DatasetState; label: string; meaning: string }[] = [
  { state: 'draft', label: 'Draft', meaning: 'Cohort and description chosen' },
  { state: 'checked', label: 'Checked', meaning: 'Gate passed, contents fixed' },
  { state: 'released', label: 'Released', meaning: 'Approved by a second person' },
  { state: 'published', label: 'Published', meaning: 'The hub can find it' },
];

/** How far the dataset has come, with who did each step and when. */
export function Steps({ dataset }: { dataset: DatasetDetail }) {
  const withdrawal = dataset.history.findLast((entry) => entry.to === 'withdrawn');
  const withdrawn = dataset.state === 'withdrawn';
  const reached = withdrawn ? (withdrawal?.from ?? 'draft') : dataset.state;
  const active = STEPS.findIndex((step) => step.state === reached);
  return (
    <>
      <ol className="steps">
        {STEPS.map((step, index) => {
          const done = index <= active;
          const entry = done ? dataset.history.findLast(({ to }) => to === step.state) : undefined;
          return (
            <li
              key={step.state}
              className={done ? 'step step-done' : 'step'}
              aria-current={!withdrawn && index === active ? 'step' : undefined}
            >
              <span className="step-mark" aria-hidden>
                {done ? <IconCheck size={15} stroke={2.4} /> : index + 1}
              </span>
              <span className="step-words">
                <span className="step-label">{step.label}</span>
                <span className="step-meaning">
                  {entry === undefined ? step.meaning : `${entry.by}, ${formatTime(entry.at)}`}
                </span>
              </span>
            </li>
          );
        })}
      </ol>
      {withdrawn && (
        <Notice tone="warning" title="Withdrawn: the hub cannot see it any more">
          {withdrawal === undefined
            ? null
            : `By ${withdrawal.by}, ${formatTime(withdrawal.at)}${withdrawal.reason === null ? '' : `: ${withdrawal.reason}`}`}
        </Notice>
      )}
    </>
  );
}
