import { useParams } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { CopyButton } from '../shared/copy-button.tsx';
import { Facts } from '../shared/facts.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { describeCohort } from './cohort-words.ts';
import { DatasetStateTag } from './dataset-state.tsx';
import { Faces } from './faces.tsx';
import { GateChecks } from './gate-checks.tsx';
import { History } from './history.tsx';
import { MaterialisePanel } from './materialise-panel.tsx';
import { PrivacyRiskPanel } from './privacy-risk-panel.tsx';
import { QualityPanel } from './quality-panel.tsx';
import { RecordPanel } from './record-panel.tsx';
import { ReportLink } from './report-link.tsx';
import { Steps } from './steps.tsx';
import { Transitions } from './transitions.tsx';
import { Versions } from './versions.tsx';
import './datasets.css';

type DatasetDetail = Answer<'getDataset'>;

/** One dataset: how far it has come, what the gate found, who did what, and its catalogue record. */
export function DatasetPage() {
  const { datasetId } = useParams({ from: '/datasets/$datasetId' });
  const query = useAnswer('getDataset', { params: { id: datasetId } });
  const dataset = query.data;
  return (
    <Page
      title={dataset?.title ?? 'Dataset'}
      back={{ to: '/datasets', label: 'Datasets' }}
      {...(dataset === undefined
        ? {}
        : {
            subtitle: (
              <span className="tags">
                <DatasetStateTag state={dataset.state} /> {dataset.condition.label}, version {dataset.version}
              </span>
            ),
          })}
    >
      <Answered query={query} height={480}>
        {(answer) => (
          <div className="stack">
            <Panel title="Way to the hub">
              <Steps dataset={answer} />
              <Transitions dataset={answer} />
            </Panel>
            <div className="columns columns-main-side">
              <div className="stack">
                <Faces dataset={answer} />
                <GateChecks dataset={answer} />
                <QualityPanel dataset={answer} />
                <PrivacyRiskPanel dataset={answer} />
                <MaterialisePanel dataset={answer} />
                <ReportLink datasetId={answer.id} />
                <RecordPanel datasetId={answer.id} />
              </div>
              <div className="stack">
                <Contents dataset={answer} />
                <Versions dataset={answer} />
                <History history={answer.history} />
                <Description dataset={answer} />
              </div>
            </div>
          </div>
        )}
      </Answered>
    </Page>
  );
}

function Contents({ dataset }: { dataset: DatasetDetail }) {
  return (
    <Panel title="Contents">
      <Figures
        figures={[
          { label: 'Patients', value: formatCount(dataset.patients) },
          { label: 'Studies', value: formatCount(dataset.studies) },
          { label: 'Series', value: formatCount(dataset.series) },
          { label: 'Images', value: formatCount(dataset.instances) },
          { label: 'Size', value: formatBytes(dataset.bytes) },
        ]}
      />
      <div className="content-hash">
        <span className="dimmed">Content hash (SHA-256)</span>
        {dataset.contentHash === null ? (
          <span className="dimmed">Fixed by the check; from then on the contents cannot change unnoticed.</span>
        ) : (
          <span className="copyable-line">
            <span className="mono break">{dataset.contentHash}</span>
            <CopyButton value={dataset.contentHash} name="the content hash" />
          </span>
        )}
      </div>
    </Panel>
  );
}

function Description({ dataset }: { dataset: DatasetDetail }) {
  return (
    <Panel title="Description">
      <Facts
        facts={[
          ['What it is', dataset.description],
          ['Condition', `${dataset.condition.label} (${dataset.condition.code})`],
          ['Cohort', describeCohort(dataset.query)],
          ['Provenance', dataset.provenance],
          ['Keywords', dataset.keywords.length === 0 ? null : dataset.keywords.join(', ')],
          ['Publisher', dataset.publisher],
          ['Contact', dataset.contactEmail],
          ['Access at', dataset.accessUrl],
        ]}
      />
    </Panel>
  );
}
