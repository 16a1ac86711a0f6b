import { Button } from '@mantine/core';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { Ago } from '../shared/ago.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import type { Tone } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { announce } from '../shared/toast.tsx';

type ImportRun = Answer<'listImports'>[number];

const TONES: Readonly<Record<ImportRun['state'], Tone>> = {
  waiting: 'neutral',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'warning',
};

const COLUMNS: readonly Column<ImportRun>[] = [
  { id: 'requested', header: 'Asked for', cell: (run) => <Ago at={run.requestedAt} />, width: 130 },
  { id: 'state', header: 'State', cell: (run) => <Tag tone={TONES[run.state]}>{run.state}</Tag>, width: 90 },
  { id: 'files', header: 'Files', align: 'right', cell: (run) => formatCount(run.files), width: 80 },
  { id: 'accepted', header: 'Accepted', align: 'right', cell: (run) => formatCount(run.accepted), width: 80 },
  { id: 'refused', header: 'Refused', align: 'right', cell: (run) => formatCount(run.refused), width: 80 },
  { id: 'sentence', header: 'What happened', cell: (run) => <span className="break">{run.sentence}</span> },
  { id: 'cancel', header: 'Action', cell: (run) => <CancelButton run={run} />, width: 90 },
];

function CancelButton({ run }: { readonly run: ImportRun }) {
  const cancel = useAction('cancelImport', () => announce('The import ends after the files in work.'));
  if (run.state !== 'waiting' && run.state !== 'running') return null;
  return (
    <Button
      size="compact-xs"
      variant="default"
      loading={cancel.isPending}
      aria-label="Cancel this import"
      onClick={() => cancel.mutate({ params: { id: run.id } })}
    >
      Cancel
    </Button>
  );
}

/** Folders and archives imported on this computer; not shown before the first one. */
export function Imports() {
  const imports = useAnswer('listImports');
  if (imports.data === undefined || imports.data.length === 0) return null;
  return (
    <Panel title="Imports" flush>
      <DataTable caption="Imports" columns={COLUMNS} rows={imports.data} keyOf={(run) => run.id} />
    </Panel>
  );
}
