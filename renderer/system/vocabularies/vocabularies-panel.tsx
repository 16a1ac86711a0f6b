import { Button, Group } from '@mantine/core';
import { IconDownload, IconTableImport } from '@tabler/icons-react';
import { useState } from 'react';
import { type Answer, call } from '../../client/call.ts';
import { useAction, useAnswer } from '../../client/queries.ts';
import { may, useUser } from '../../client/session.ts';
import { Ago } from '../../shared/ago.tsx';
import { Answered } from '../../shared/answered.tsx';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { formatCount } from '../../shared/format.ts';
import { Notice } from '../../shared/notice.tsx';
import { Panel } from '../../shared/panel.tsx';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { announce } from '../../shared/toast.tsx';
import { CodeLookup } from './code-lookup.tsx';
import { ImportTable } from './import-table.tsx';

type Table = Answer<'listVocabularies'>['tables'][number];

const COLUMNS: readonly Column<Table>[] = [
  { id: 'name', header: 'Table', width: 140, cell: ({ name }) => <span className="mono">{name}</span> },
  { id: 'version', header: 'Version', width: 190, cell: ({ version }) => <span className="number">{version}</span> },
  { id: 'entries', header: 'Entries', align: 'right', width: 90, cell: ({ entries }) => formatCount(entries) },
  {
    id: 'edition',
    header: 'Edition and source',
    cell: ({ edition, source }) => (
      <>
        <div className="break">{edition}</div>
        <div className="dimmed break">{source}</div>
      </>
    ),
  },
  {
    id: 'imported',
    header: 'From',
    width: 150,
    cell: ({ imported }) =>
      imported === null ? (
        'the release'
      ) : (
        <>
          {imported.by}, <Ago at={imported.at} />
        </>
      ),
  },
];

/** The tables by which codes are chosen: what is in use, importing a newer one, and the way back. */
export function VocabulariesPanel() {
  const user = useUser();
  const query = useAnswer('listVocabularies');
  const [importing, setImporting] = useState(false);
  const restore = useAction('restoreVocabulary', () =>
    announce('The table of the release is in use again. Indexed values are harmonised again.'),
  );
  const mayImport = may(user, 'importVocabulary');
  const actions: Column<Table> = {
    id: 'actions',
    header: 'Do',
    width: 190,
    cell: ({ name, imported }) => (
      <Group gap={6} wrap="nowrap">
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          aria-label={`Download ${name} as CSV`}
          onClick={() => void download(name)}
        >
          CSV
        </Button>
        {mayImport && imported !== null && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Restore ${name} of the release`}
            loading={restore.isPending && restore.variables.params.name === name}
            onClick={() => restore.mutate({ params: { name } })}
          >
            Restore
          </Button>
        )}
      </Group>
    ),
  };
  return (
    <div className="stack">
      <Panel
        title="Vocabularies"
        description="The tables that turn what scanners write into EUCAIM codes. A newer table is imported as CSV; values that are indexed already are harmonised again from what the objects said, and every value keeps the version of the table that chose it."
        action={
          mayImport && (
            <Button
              size="xs"
              leftSection={<IconTableImport size={15} aria-hidden />}
              onClick={() => setImporting(true)}
              disabled={importing}
            >
              Import a table
            </Button>
          )
        }
      >
        <Answered query={query}>
          {({ tables, waitingValues }) => (
            <div className="stack">
              {waitingValues > 0 && (
                <Notice tone="info" title={`${formatCount(waitingValues)} values wait to be harmonised again`}>
                  This goes on in the background; reception does not wait for it.
                </Notice>
              )}
              {restore.error !== null && <ProblemNotice error={restore.error} />}
              {importing && <ImportTable tables={tables} onClose={() => setImporting(false)} />}
              <DataTable
                caption="Tables in use"
                columns={[...COLUMNS, actions]}
                rows={tables}
                keyOf={({ name }) => name}
              />
            </div>
          )}
        </Answered>
      </Panel>
      <CodeLookup />
    </div>
  );
}

/** Saves a table as a file, to be changed and imported again. */
async function download(name: string): Promise<void> {
  const { fileName, text } = await call('exportVocabulary', { params: { name } });
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
