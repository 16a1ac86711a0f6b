import { Button, Group, Progress } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { formatBytes, formatCount, plural } from '../shared/format.ts';
import { Notice, type Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';
import { announce } from '../shared/toast.tsx';
import { MaterialiseForm } from './materialise-form.tsx';
import './materialise.css';

type DatasetDetail = Answer<'getDataset'>;
type Run = Answer<'listMaterialisations'>['runs'][number];

const TONES: Readonly<Record<Run['state'], Tone>> = {
  queued: 'neutral',
  running: 'info',
  done: 'good',
  cancelled: 'warning',
  failed: 'bad',
  stale: 'warning',
};
const LAYOUTS: Readonly<Record<Run['layout'], string>> = { eucaim: 'Common file structure', bids: 'BIDS and MIDS' };

/** Writes a released dataset into a folder, and shows where it was written and what came of it. */
export function MaterialisePanel({ dataset }: { readonly dataset: DatasetDetail }) {
  const query = useAnswer('listMaterialisations', { params: { id: dataset.id } });
  const mayStart = may(useUser(), 'startMaterialisation');
  const [asking, setAsking] = useState(false);
  const usable = dataset.state === 'released' || dataset.state === 'published';
  if (!usable && (query.data?.runs.length ?? 0) === 0) return null;
  return (
    <Panel
      title="Files for processing"
      description="Remote processing (Tier 3) works on the dataset as files in a folder: tables and images. What is written is verified, read back, and removed again when the dataset is withdrawn."
    >
      <Answered query={query} height={120}>
        {({ folder, objects, runs }) => (
          <div className="stack">
            {usable && mayStart && (
              <Group>
                <Button variant="default" onClick={() => setAsking(true)}>
                  Write to a folder
                </Button>
              </Group>
            )}
            {runs.length === 0 && <span className="dimmed">Not written anywhere yet.</span>}
            {runs.map((run) => (
              <RunEntry key={run.id} run={run} />
            ))}
            {asking && (
              <MaterialiseForm dataset={dataset} folder={folder} objects={objects} onClose={() => setAsking(false)} />
            )}
          </div>
        )}
      </Answered>
    </Panel>
  );
}

function RunEntry({ run }: { readonly run: Run }) {
  const busy = run.state === 'queued' || run.state === 'running';
  return (
    <section className="materialisation" aria-label={`${LAYOUTS[run.layout]}, ${run.state}`}>
      <div className="materialisation-head">
        <Tag tone={TONES[run.state]}>{run.state}</Tag>
        <span>{LAYOUTS[run.layout]}</span>
        <span className="dimmed">
          <Ago at={run.requestedAt} /> by {run.requestedBy}
        </span>
        {busy && <CancelButton run={run} />}
      </div>
      <span className="mono break">
        {run.root}/{run.name}
      </span>
      {busy && <RunProgress run={run} />}
      {run.sentence !== null && <p>{run.sentence}</p>}
      {!busy && run.state !== 'done' && run.onDisk && (
        <Notice tone="warning">Its files are not removed yet; it is tried again every minute.</Notice>
      )}
      {run.objections > 0 && <Objections run={run} />}
    </section>
  );
}

function RunProgress({ run }: { readonly run: Run }) {
  if (run.files === 0) return <span className="dimmed">Waiting for its turn</span>;
  const text = `${formatCount(run.filesDone)} of ${plural(run.files, 'object')}, ${formatBytes(run.bytesDone)} of ${formatBytes(run.bytes)}`;
  const whole = run.filesDone === run.files;
  return (
    <div>
      <span className="number">{whole ? `${text}; the tree is read back` : text}</span>
      <Progress value={(100 * run.bytesDone) / Math.max(1, run.bytes)} size="sm" aria-label={text} />
    </div>
  );
}

function CancelButton({ run }: { readonly run: Run }) {
  const cancel = useAction('cancelMaterialisation', () => announce('It ends after the series in work.'));
  return (
    <>
      <Button
        size="compact-xs"
        variant="default"
        loading={cancel.isPending}
        aria-label="Cancel this materialisation"
        onClick={() => cancel.mutate({ params: { id: run.id } })}
      >
        Cancel
      </Button>
      {cancel.error !== null && <ProblemNotice error={cancel.error} />}
    </>
  );
}

/** What is missing, by table and column; asked for when somebody opens it. */
function Objections({ run }: { readonly run: Run }) {
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {run.layout === 'eucaim'
          ? `${plural(run.objections, 'value')} missing or refused`
          : `${plural(run.objections, 'series', 'series')} or parts without a volume`}
      </summary>
      {open && <ObjectionList id={run.id} />}
    </details>
  );
}

function ObjectionList({ id }: { readonly id: string }) {
  const query = useAnswer('getMaterialisationObjections', { params: { id } });
  return (
    <Answered query={query} height={80}>
      {(groups) => (
        <ul className="materialisation-objections">
          {groups.map((group) => (
            <li key={`${group.table}.${group.column}.${group.kind}`}>
              <strong>{group.column === '' ? group.table : `${group.table}.${group.column}`}</strong>:{' '}
              {plural(group.rows, 'row')}. {group.sentence}
              {group.patients.length > 0 && (
                <span className="mono break dimmed">
                  {' '}
                  {group.patients.join(', ')}
                  {group.rows > group.patients.length ? ' …' : ''}
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
    </Answered>
  );
}
