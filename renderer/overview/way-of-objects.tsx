import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { formatCount, plural } from '../shared/format.ts';
import { Notice, type Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { type Balance, balanceOf } from './balance.ts';

type Overview = Answer<'getOverview'>;

const STATIONS: readonly { id: Balance['parts'][number]['id']; label: string; meaning: string; tone: Tone }[] = [
  { id: 'waiting', label: 'Waiting', meaning: 'stored, not yet worked on', tone: 'info' },
  { id: 'indexed', label: 'Indexed', meaning: 'de-identified, verified, searchable', tone: 'good' },
  { id: 'quarantined', label: 'Quarantined', meaning: 'stopped on a doubt, needs you', tone: 'warning' },
  { id: 'excluded', label: 'Excluded', meaning: 'left out by a person or a rule', tone: 'neutral' },
  { id: 'rejected', label: 'Rejected', meaning: 'not accepted, sender was told', tone: 'bad' },
];

/** The way of every object received, station by station; the stations add up to what was received. */
export function WayOfObjects({
  counts,
  causes,
}: {
  counts: Overview['counts'];
  causes: Overview['quarantineByCause'];
}) {
  const balance = balanceOf(counts);
  return (
    <Panel title="The way of your objects">
      <ol className="way">
        <li className="way-station way-first">
          <span className="way-label">Received</span>
          <span className="way-count number">{formatCount(counts.received)}</span>
          <span className="way-meaning">objects that reached this node</span>
        </li>
        {STATIONS.map((station) => (
          <li key={station.id} className={`way-station tone-${station.tone}`}>
            <span className="way-label">
              <span className="tag-dot" aria-hidden />
              <StationName id={station.id} label={station.label} />
            </span>
            <span className="way-count number">{formatCount(counts[station.id])}</span>
            <span className="way-meaning">{station.meaning}</span>
          </li>
        ))}
      </ol>
      <div className="way-bar" aria-hidden>
        {STATIONS.filter(({ id }) => counts[id] > 0).map(({ id, tone }) => (
          <span key={id} className={`tone-${tone}`} style={{ flexGrow: counts[id] }} />
        ))}
      </div>
      {balance.difference === 0 ? (
        <p className="way-sum number">
          <IconCheck size={16} aria-hidden />
          {counts.received === 0
            ? 'Nothing has been received yet.'
            : `${balance.parts.map((part) => formatCount(part.count)).join(' + ')} = ${formatCount(counts.received)}. Every object received is accounted for.`}
        </p>
      ) : (
        <Notice tone="bad" title={`${plural(Math.abs(balance.difference), 'object')} not accounted for`}>
          The stations add up to {formatCount(balance.sum)}, but {formatCount(counts.received)} objects were received.
          Reload the page; if it stays, keep the service log and report it.
        </Notice>
      )}
      {causes.length > 0 && <Causes causes={causes} />}
    </Panel>
  );
}

function StationName({ id, label }: { id: string; label: string }) {
  if (id === 'indexed') return <Link to="/studies">{label}</Link>;
  if (id === 'quarantined') return <Link to="/quarantine">{label}</Link>;
  return label;
}

function Causes({ causes }: { causes: Overview['quarantineByCause'] }) {
  return (
    <div className="way-causes">
      <h3>In quarantine because</h3>
      <ul>
        {causes.map((cause) => (
          <li key={cause.cause}>
            <Link to="/quarantine" search={{ cause: cause.cause }}>
              {cause.title}
            </Link>
            <span className="number">{formatCount(cause.count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
