import { IconAlertTriangle, IconCircleCheck, IconXboxX } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { may, useUser } from '../client/session.ts';
import { formatCount, formatTime, plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { AcceptFinding } from './accept-finding.tsx';

type DatasetDetail = Answer<'getDataset'>;
type Check = DatasetDetail['checks'][number];

/** What each gate looked at, what it found, and whose evidence it is. */
export function GateChecks({ dataset }: { dataset: DatasetDetail }) {
  const { checks } = dataset;
  const user = useUser();
  const mayAccept = may(user, 'acceptFinding') && dataset.state === 'checked';
  return (
    <Panel title="Gates" {...(checks.length === 0 ? {} : { description: standingOf(checks) })}>
      {checks.length === 0 ? (
        <p className="panel-empty">
          Not checked yet. The check reads every file, runs every gate and keeps the evidence here. A release wants the
          evidence of every gate for exactly the objects that leave.
        </p>
      ) : (
        <ul className="checks">
          {checks.map((check) => (
            <li key={check.id} className={`tone-${toneOf(check)}`}>
              <CheckIcon check={check} />
              <div>
                <p className="check-title">{check.title}</p>
                <p className="check-detail break">{check.detail}</p>
                <p className="check-evidence">
                  Evidence of {formatTime(check.at)} by {check.by}, for the objects{' '}
                  <span className="mono">{check.contentHash.slice(0, 12)}…</span>
                </p>
                {check.warning && mayAccept && (
                  <AcceptFinding datasetId={dataset.id} subject={check.id} title={check.title} verb="Acknowledge" />
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function CheckIcon({ check }: { check: Check }) {
  if (!check.passed) return <IconXboxX size={18} aria-label="Failed" role="img" />;
  if (check.warning) return <IconAlertTriangle size={18} aria-label="To be acknowledged" role="img" />;
  return <IconCircleCheck size={18} aria-label="Passed" role="img" />;
}

function toneOf({ passed, warning }: Check): 'good' | 'warning' | 'bad' {
  if (!passed) return 'bad';
  return warning ? 'warning' : 'good';
}

function standingOf(checks: readonly Check[]): string {
  const failed = checks.filter(({ passed }) => !passed).length;
  const warnings = checks.filter(({ warning }) => warning).length;
  if (failed > 0) return `${plural(failed, 'gate')} of ${formatCount(checks.length)} failed; the dataset cannot go on.`;
  const passed = `All ${formatCount(checks.length)} passed.`;
  return warnings === 0 ? passed : `${passed} ${plural(warnings, 'warning')} to acknowledge before the release.`;
}
