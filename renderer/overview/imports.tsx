import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { Ago } from '../shared/ago.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import type { Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';

type ImportRun = Answer<'listImports'>[number];

const TONES: Readonly<Record<ImportRun['state'], Tone>> = {
  waiting: 'neutral',
  running: 'info',
  done: 'good',
  failed: 'bad',
};

const COLUMNS: readonly Column<ImportRun>[] = [
  { id: 'requested', header: 'Asked for', cell: (run) => <Ago at={run.requestedAt} />, width: 130 },
  { id: 'state', header: 'State', cell: (run) => <Tag tone={TONES[run.state]}>{run.state}</Tag>, width: 90 },
  { id: 'files', header: 'Files', align: 'right', cell: (run) => formatCount(run.files), width: 80 },
  { id: 'accepted', header: 'Accepted', align: 'right', cell: (run) => formatCount(run.accepted), width: 80 },
  { id: 'refused', header: 'Refused', align: 'right', cell: (run) => formatCount(run.refused), width: 80 },
  { id: 'sentence', header: 'What happened', cell: (run) => <span className="break">{run.sentence}</span> },
];

/** Folders imported on this computer; not shown before the first one. */
export function Imports() {
  const imports = useAnswer('listImports');
  if (imports.data === undefined || imports.data.length === 0) return null;
  return (
    <Panel title="Folder imports" flush>
      <DataTable caption="Folder imports" columns={COLUMNS} rows={imports.data} keyOf={(run) => run.id} />
    </Panel>
  );
}
