import { Link, useParams } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { DatasetStateTag } from '../datasets/dataset-state.tsx';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { CopyButton } from '../shared/copy-button.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatBytes, formatDay, formatSex, plural } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { HarmonisedTable } from './harmonised-table.tsx';
import { QuantityTable, ValueFindings } from './quantities.tsx';
import { SeriesCard } from './series-card.tsx';
import './studies.css';

type StudyDetail = Answer<'getStudy'>;

/** One study: what is known of it, its series, and where each harmonised value came from. */
export function StudyPage() {
  const { studyUid } = useParams({ from: '/studies/$studyUid' });
  const query = useAnswer('getStudy', { params: { id: studyUid } });
  const study = query.data;
  return (
    <Page
      title={study === undefined ? 'Study' : `Study of ${study.patientId}`}
      heading={
        study === undefined ? (
          'Study'
        ) : (
          <>
            Study of <span className="mono">{study.patientId}</span>
          </>
        )
      }
      back={{ to: '/studies', label: 'Studies' }}
      {...(study === undefined ? {} : { subtitle: summaryOf(study) })}
    >
      <Answered query={query} height={420}>
        {(answer) => (
          <div className="columns columns-main-side">
            <div className="stack">
              {answer.seriesList.map((series) => (
                <SeriesCard key={series.seriesUid} series={series} />
              ))}
              <Panel title="Harmonised for the patient" flush>
                <HarmonisedTable caption="Harmonised values of the patient" values={answer.harmonised} />
                <QuantityTable caption="Quantities of the patient" values={answer.values} />
              </Panel>
              <ValueFindings findings={answer.findings} />
            </div>
            <div className="stack">
              <StudyFacts study={answer} />
              <Datasets study={answer} />
            </div>
          </div>
        )}
      </Answered>
    </Page>
  );
}

function summaryOf(study: StudyDetail): string {
  const parts = [
    study.modalities.join(', '),
    study.bodyParts.join(', '),
    study.studyDate === null ? '' : `${formatDay(study.studyDate)} (shifted)`,
    plural(study.series, 'series', 'series'),
    plural(study.instances, 'image'),
    formatBytes(study.bytes),
  ];
  return parts.filter((part) => part !== '').join(' · ');
}

function StudyFacts({ study }: { study: StudyDetail }) {
  return (
    <Panel title="Study">
      <Facts
        facts={[
          ['Pseudonym', <Copyable key="id" value={study.patientId} name="the pseudonym" />],
          ['Sex', formatSex(study.sex)],
          ['Age at study', study.ageYears === null ? 'Not stated' : plural(study.ageYears, 'year')],
          [
            'Study date',
            study.studyDate === null ? (
              'Not stated'
            ) : (
              <>
                {formatDay(study.studyDate)}{' '}
                <span className="dimmed">shifted by a fixed number of days for this patient</span>
              </>
            ),
          ],
          ['Description', study.description],
          ['Study UID', <Copyable key="uid" value={study.studyUid} name="the study UID" />],
          ['Indexed', <Ago key="at" at={study.indexedAt} />],
          [
            'Profile',
            study.profileHash === null ? null : (
              <Copyable key="hash" value={study.profileHash} name="the profile hash" />
            ),
          ],
        ]}
      />
    </Panel>
  );
}

function Copyable({ value, name }: { value: string; name: string }) {
  return (
    <span className="copyable-line">
      <span className="mono break">{value}</span>
      <CopyButton value={value} name={name} />
    </span>
  );
}

function Datasets({ study }: { study: StudyDetail }) {
  return (
    <Panel title="In datasets">
      {study.datasets.length === 0 ? (
        <p className="panel-empty">In none. The hub cannot see this study.</p>
      ) : (
        <ul className="plain-list">
          {study.datasets.map((dataset) => (
            <li key={dataset.id}>
              <Link to="/datasets/$datasetId" params={{ datasetId: dataset.id }}>
                {dataset.title}
              </Link>
              <DatasetStateTag state={dataset.state} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
