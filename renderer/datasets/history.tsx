import type { Answer } from '../client/call.ts';
import { formatTime } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { DatasetStateTag } from './dataset-state.tsx';

/** Who did what when, newest first. */
export function History({ history }: { history: Answer<'getDataset'>['history'] }) {
  const newestFirst = history.toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <Panel title="Who did what">
      <ol className="history">
        {newestFirst.map((entry) => (
          <li key={`${entry.at} ${entry.to}`}>
            <DatasetStateTag state={entry.to} />
            <div>
              <p>
                {entry.by}, <time dateTime={entry.at}>{formatTime(entry.at)}</time>
              </p>
              {entry.reason !== null && <p className="dimmed break">{entry.reason}</p>}
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
