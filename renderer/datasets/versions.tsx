import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatCount } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { DatasetStateTag } from './dataset-state.tsx';
import './assessment.css';

type DatasetDetail = Answer<'getDataset'>;
type Version = DatasetDetail['successors'][number];

/** The versions before and after, what changed, and how to make the next. */
export function Versions({ dataset }: { dataset: DatasetDetail }) {
  const user = useUser();
  const navigate = useNavigate();
  const next = useAction('draftNextVersion', (draft) => {
    announce('The next version is drafted.');
    void navigate({ to: '/datasets/$datasetId', params: { datasetId: draft.id } });
  });
  const { predecessor, successors, state } = dataset;
  const open = successors.some((one) => one.state !== 'published' && one.state !== 'withdrawn');
  const released = state === 'released' || state === 'published' || state === 'withdrawn';
  return (
    <Panel
      title={`Version ${formatCount(dataset.version)}`}
      description="What is released stays as it is; a change is a new version, checked and released anew."
    >
      <div className="stack">
        {next.error !== null && <ProblemNotice error={next.error} />}
        {(predecessor !== null || successors.length > 0) && (
          <ul className="versions">
            {predecessor !== null && <VersionEntry relation="Before it" version={predecessor} />}
            {successors.map((version) => (
              <VersionEntry key={version.id} relation="After it" version={version} />
            ))}
          </ul>
        )}
        {predecessor !== null && <Difference dataset={dataset} />}
        {released && !open && may(user, 'draftNextVersion') && (
          <div>
            <Button
              variant="default"
              loading={next.isPending}
              onClick={() => next.mutate({ params: { id: dataset.id } })}
            >
              Draft the next version
            </Button>
          </div>
        )}
      </div>
    </Panel>
  );
}

function VersionEntry({ relation, version }: { relation: string; version: Version }) {
  return (
    <li>
      <span className="dimmed">{relation}</span>
      <Link to="/datasets/$datasetId" params={{ datasetId: version.id }} className="row-link">
        Version {formatCount(version.version)} ({version.id})
      </Link>
      <DatasetStateTag state={version.state} />
    </li>
  );
}

function Difference({ dataset }: { dataset: DatasetDetail }) {
  const query = useAnswer('getVersionDifference', { params: { id: dataset.id } });
  return (
    <Answered query={query} height={72}>
      {({ difference }) =>
        difference === null ? null : (
          <>
            <Figures
              figures={[
                { label: 'Added', value: formatCount(difference.added) },
                { label: 'Removed', value: formatCount(difference.removed) },
                { label: 'Changed', value: formatCount(difference.changed) },
                { label: 'Unchanged', value: formatCount(difference.unchanged) },
              ]}
            />
            <p className="dimmed">
              Objects since version {formatCount(difference.predecessor.version)}. Content hash{' '}
              <span className="mono">{difference.predecessorHash?.slice(0, 12) ?? 'none'}…</span> became{' '}
              <span className="mono">{difference.contentHash.slice(0, 12)}…</span>
              {dataset.state === 'draft' && ', as the cohort finds them now'}. Objects of patients who objected are not
              counted; the history names them.
            </p>
          </>
        )
      }
    </Answered>
  );
}
