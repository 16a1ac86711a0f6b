import { useQuery } from '@tanstack/react-query';
import { type Answer, call } from '../client/call.ts';
import { keyOf } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatCount, formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { AcceptFinding } from './accept-finding.tsx';
import { Sparkline } from './sparkline.tsx';
import './assessment.css';

type DatasetDetail = Answer<'getDataset'>;
type Quality = Answer<'getQuality'>;
type Finding = Quality['findings'][number];
type Check = Quality['trend'][number];

const POLL_MS = 2_000;
const FILES_READ = 'integrity.examined';
const SEVERITIES = [
  { severity: 'error', tone: 'bad', word: 'Error' },
  { severity: 'warning', tone: 'warning', word: 'Warning' },
  { severity: 'note', tone: 'neutral', word: 'Note' },
] as const;
const OWNERS: Readonly<Record<Finding['rule']['owner'], string>> = {
  imaging: 'imaging department',
  'clinical-data': 'keeper of the clinical data',
  'data-manager': 'data manager',
  officer: 'officer of this node',
};
const UNITS: Readonly<Record<Finding['rule']['unit'], string>> = {
  object: 'objects',
  series: 'series',
  study: 'studies',
  patient: 'patients',
  value: 'values',
};

/** What the rules of quality find now, worst first, with what to do, the scores, and how they went. */
export function QualityPanel({ dataset }: { dataset: DatasetDetail }) {
  const values = { params: { id: dataset.id } };
  const query = useQuery({
    queryKey: keyOf('getQuality', values),
    queryFn: () => call('getQuality', values),
    refetchInterval: ({ state }) => (state.data?.examination == null ? false : POLL_MS),
  });
  return (
    <Panel title="Quality" description="What the rules find now. 100 means no finding; errors close the gate.">
      <Answered query={query} height={320}>
        {(quality) => (
          <div className="stack">
            {quality.examination !== null && (
              <Notice tone="info" title="The files are being read">
                {formatCount(quality.examination.done)} of {formatCount(quality.examination.total)} files are read.
              </Notice>
            )}
            <Figures
              figures={[
                { label: 'Total', value: scoreText(quality.total) },
                ...quality.scores.map(({ dimension, score }) => ({
                  label: nameOf(dimension),
                  value: scoreText(score),
                })),
              ]}
            />
            <Findings dataset={dataset} quality={quality} />
            <Trend trend={quality.trend} />
          </div>
        )}
      </Answered>
    </Panel>
  );
}

function Findings({ dataset, quality }: { dataset: DatasetDetail; quality: Quality }) {
  const found = quality.findings.filter(({ offending }) => offending > 0);
  const silent = quality.findings.filter(({ checked }) => checked === 0).length;
  if (found.length === 0) {
    return (
      <Notice tone="good">
        No finding by {formatCount(quality.findings.length - silent)} rules; {formatCount(silent)} rules had nothing to
        look at.
      </Notice>
    );
  }
  const worstFirst = SEVERITIES.flatMap(({ severity }) => found.filter(({ rule }) => rule.severity === severity));
  return (
    <ul className="findings" aria-label="Findings, worst first">
      {worstFirst.map((finding) => (
        <FindingEntry key={finding.rule.id} dataset={dataset} quality={quality} finding={finding} />
      ))}
    </ul>
  );
}

function FindingEntry(props: { dataset: DatasetDetail; quality: Quality; finding: Finding }) {
  const { dataset, quality, finding } = props;
  const { rule, checked, offending, examples } = finding;
  const user = useUser();
  const accepted = quality.accepted.find(({ subject }) => subject === rule.id);
  const open = dataset.state === 'draft' || dataset.state === 'checked';
  const acceptable = rule.severity === 'error' && rule.acceptable && accepted === undefined && open;
  const { tone, word } = standingOf(finding, dataset, accepted !== undefined);
  return (
    <li className="finding">
      <div className="finding-head">
        <Tag tone={tone}>{word}</Tag>
        <span className="check-title">{rule.title}</span>
        <span className="dimmed number">
          {formatCount(offending)} of {formatCount(checked)} {UNITS[rule.unit]}
        </span>
        {acceptable && may(user, 'acceptFinding') && (
          <AcceptFinding datasetId={dataset.id} subject={rule.id} title={rule.title} verb="Accept" />
        )}
      </div>
      <p>{rule.sentence}</p>
      <p>
        <strong>What to do:</strong> {rule.fix} <span className="dimmed">For the {OWNERS[rule.owner]}.</span>
      </p>
      {accepted !== undefined && (
        <p className="dimmed break">
          Accepted by {accepted.by}, {formatTime(accepted.at)}: {accepted.reason}
        </p>
      )}
      {examples.length > 0 && (
        <details>
          <summary>
            {examples.length < offending ? `The first ${formatCount(examples.length)}` : 'Which'} ({rule.id})
          </summary>
          <ul className="examples">
            {examples.map((example) => (
              <li key={example} className="mono break">
                {example}
              </li>
            ))}
          </ul>
        </details>
      )}
    </li>
  );
}

/** Files are read by the check: before it that is no error yet. */
function standingOf({ rule }: Finding, { state }: DatasetDetail, accepted: boolean) {
  if (accepted) return { tone: 'neutral', word: 'Accepted' } as const;
  if (rule.id === FILES_READ && state === 'draft') return { tone: 'neutral', word: 'Not yet' } as const;
  return SEVERITIES.find(({ severity }) => severity === rule.severity) ?? SEVERITIES[2];
}

const TREND_COLUMNS: readonly Column<Check>[] = [
  { id: 'at', header: 'Check', cell: ({ at }) => formatTime(at) },
  { id: 'version', header: 'Version', align: 'right', width: 84, cell: ({ version }) => formatCount(version) },
  {
    id: 'objects',
    header: 'Objects',
    cell: ({ contentHash }) => <span className="mono">{contentHash.slice(0, 8)}…</span>,
  },
  { id: 'total', header: 'Total', align: 'right', width: 84, cell: ({ total }) => scoreText(total) },
];

function Trend({ trend }: { trend: Quality['trend'] }) {
  if (trend.length === 0) return null;
  const totals = trend.flatMap(({ total }) => total ?? []);
  return (
    <div className="trend">
      <div className="trend-head">
        <span className="check-title">Trend</span>
        {totals.length > 1 && (
          <Sparkline values={totals} label={`Total of ${formatCount(totals.length)} checks, oldest first`} />
        )}
      </div>
      <DataTable
        caption="Quality at each check"
        columns={TREND_COLUMNS}
        rows={trend.toReversed()}
        keyOf={({ datasetId, at }) => `${datasetId} ${at}`}
      />
    </div>
  );
}

function nameOf(dimension: string): string {
  return `${dimension.charAt(0).toUpperCase()}${dimension.slice(1)}`;
}

function scoreText(score: number | null): string {
  if (score === null) return '–';
  return new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 }).format(score);
}
