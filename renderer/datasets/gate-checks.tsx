import { IconCircleCheck, IconXboxX } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { formatCount, plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';

/** What the gate looked at, and what it found. */
export function GateChecks({ checks }: { checks: Answer<'getDataset'>['checks'] }) {
  const failed = checks.filter((check) => !check.passed).length;
  const description =
    checks.length === 0
      ? undefined
      : failed === 0
        ? `All ${formatCount(checks.length)} passed.`
        : `${plural(failed, 'check')} of ${formatCount(checks.length)} failed; the dataset cannot go on.`;
  return (
    <Panel title="Gate checks" {...(description === undefined ? {} : { description })}>
      {checks.length === 0 ? (
        <p className="panel-empty">
          Not checked yet. The check runs every test of the gate and keeps the evidence here.
        </p>
      ) : (
        <ul className="checks">
          {checks.map((check) => (
            <li key={check.id} className={check.passed ? 'tone-good' : 'tone-bad'}>
              {check.passed ? (
                <IconCircleCheck size={18} aria-label="Passed" role="img" />
              ) : (
                <IconXboxX size={18} aria-label="Failed" role="img" />
              )}
              <div>
                <p className="check-title">{check.title}</p>
                <p className="check-detail">{check.detail}</p>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
