import { IconAlertTriangle, IconCircleCheck, IconXboxX } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';

type Check = Answer<'getOverview'>['health'][number];

const LEVELS = {
  error: { rank: 0, tone: 'bad', icon: IconXboxX, word: 'Problem' },
  warning: { rank: 1, tone: 'warning', icon: IconAlertTriangle, word: 'Warning' },
  ok: { rank: 2, tone: 'good', icon: IconCircleCheck, word: 'Good' },
} as const;

/** What the node knows about itself, worst first: a sentence, and what to do. */
export function Health({ health }: { health: readonly Check[] }) {
  const sorted = health.toSorted((a, b) => LEVELS[a.level].rank - LEVELS[b.level].rank);
  const open = sorted.filter((check) => check.level !== 'ok').length;
  return (
    <Panel
      title="Health"
      description={open === 0 ? 'Nothing needs you.' : `${plural(open, 'thing needs', 'things need')} you.`}
    >
      <ul className="health">
        {sorted.map((check) => {
          const { tone, icon: Icon, word } = LEVELS[check.level];
          return (
            <li key={check.id} className={`health-check tone-${tone}`}>
              <Icon size={18} aria-label={word} role="img" />
              <div>
                <p>{check.sentence}</p>
                {check.action !== null && <p className="health-action">{check.action}</p>}
              </div>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
