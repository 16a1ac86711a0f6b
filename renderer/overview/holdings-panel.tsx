import type { Answer } from '../client/call.ts';
import { Figures } from '../shared/figures.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';

type Overview = Answer<'getOverview'>;

/** What the index holds, de-identified. */
export function HoldingsPanel({
  counts,
  modalities,
}: {
  counts: Overview['counts'];
  modalities: Overview['modalities'];
}) {
  const most = Math.max(1, ...modalities.map((modality) => modality.series));
  return (
    <Panel title="In the index">
      <Figures
        figures={[
          { label: 'Patients', value: formatCount(counts.patients) },
          { label: 'Studies', value: formatCount(counts.studies) },
          { label: 'Series', value: formatCount(counts.series) },
          { label: 'Size', value: formatBytes(counts.bytes) },
        ]}
      />
      {modalities.length > 0 && (
        <>
          <h3 className="bars-title">Series by modality</h3>
          <ul className="bars">
            {modalities.map(({ modality, series }) => (
              <li key={modality}>
                <span className="bars-name">{modality}</span>
                <span className="bars-track" aria-hidden>
                  <span style={{ width: `${(100 * series) / most}%` }} />
                </span>
                <span className="number">{formatCount(series)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}
