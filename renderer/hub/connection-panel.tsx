import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import { Facts } from '../shared/facts.tsx';
import { Figures } from '../shared/figures.tsx';
import { formatCount } from '../shared/format.ts';
import { Notice, type Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { describePolicy } from './policy-words.ts';

type Hub = Answer<'getHub'>;

const STATES: Readonly<Record<Hub['state'], { title: string; tone: Tone }>> = {
  off: { title: 'Not configured', tone: 'neutral' },
  connecting: { title: 'Connecting', tone: 'info' },
  polling: { title: 'Connected, waiting for questions', tone: 'good' },
  failing: { title: 'Not reachable', tone: 'bad' },
  stopped: { title: 'Stopped', tone: 'warning' },
};

/** Whether the hub is reached, in a sentence with the next step. */
export function ConnectionPanel({ hub }: { hub: Hub }) {
  const { title, tone } = STATES[hub.state];
  return (
    <Panel title="Connection">
      <Notice tone={tone} title={title}>
        <p>{hub.sentence}</p>
        {hub.action !== null && <p className="hub-action">{hub.action}</p>}
      </Notice>
      <div className="hub-figures">
        <Figures
          figures={[
            { label: 'Questions', value: formatCount(hub.tasks) },
            { label: 'Answered', value: formatCount(hub.answered) },
            { label: 'Refused', value: formatCount(hub.refused) },
            { label: 'Waiting', value: formatCount(hub.waiting) },
          ]}
        />
      </div>
      <Facts
        facts={[
          [
            'Beam proxy',
            hub.url === null ? null : (
              <span className="mono break" key="url">
                {hub.url}
              </span>
            ),
          ],
          [
            'This node',
            hub.appId === null ? null : (
              <span className="mono break" key="app">
                {hub.appId}
              </span>
            ),
          ],
          ['Last contact', hub.lastContactAt === null ? 'never' : <Ago key="at" at={hub.lastContactAt} />],
        ]}
      />
    </Panel>
  );
}

/** What disclosure control does to every number before it leaves. */
export function PolicyPanel({ policy }: { policy: Hub['policy'] }) {
  return (
    <Panel
      title="Disclosure control"
      description="Applied to every count before it leaves; cannot be bypassed by a question."
    >
      <ul className="policy">
        {describePolicy(policy).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </Panel>
  );
}
