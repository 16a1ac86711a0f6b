import { Button, FileInput, Group, Select, Stack, TextInput } from '@mantine/core';
import { IconFileTypeCsv } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../../client/call.ts';
import { useAction } from '../../client/queries.ts';
import { type Column, DataTable } from '../../shared/data-table.tsx';
import { formatCount, plural } from '../../shared/format.ts';
import { Notice } from '../../shared/notice.tsx';
import { ProblemNotice } from '../../shared/problem-notice.tsx';
import { announce } from '../../shared/toast.tsx';

type Preview = Answer<'previewVocabulary'>;
type Change = NonNullable<Preview['change']>;
type Problem = Preview['problems'][number];

interface ImportTableProps {
  readonly tables: Answer<'listVocabularies'>['tables'];
  readonly onClose: () => void;
}

const PROBLEM_COLUMNS: readonly Column<Problem>[] = [
  { id: 'line', header: 'Line', align: 'right', width: 80, cell: ({ line }) => line ?? 'file' },
  {
    id: 'column',
    header: 'Column',
    width: 130,
    cell: ({ column }) => column && <span className="mono">{column}</span>,
  },
  { id: 'sentence', header: 'What is wrong', cell: ({ sentence }) => <span className="break">{sentence}</span> },
];

/** Chooses a CSV file, shows what it would change or what is wrong with it, and puts it into use. */
export function ImportTable({ tables, onClose }: ImportTableProps) {
  const [file, setFile] = useState<File | null>(null);
  const [table, setTable] = useState<string | null>(null);
  const [version, setVersion] = useState('');
  const [shown, setShown] = useState<{ text: string; preview: Preview }>();
  const look = useAction('previewVocabulary');
  const take = useAction('importVocabulary', ({ name, version: now }) => {
    announce(`${name} ${now} is in use. Indexed values are harmonised again.`);
    onClose();
  });
  const stated = {
    ...(table === null ? {} : { table }),
    ...(version.trim() === '' ? {} : { version: version.trim() }),
  };
  const preview = async (event: FormEvent) => {
    event.preventDefault();
    if (file === null) return;
    const text = await readText(file);
    look.mutate({ body: { text, ...stated } }, { onSuccess: (answer) => setShown({ text, preview: answer }) });
  };
  const changed =
    <Value,>(set: (value: Value) => void) =>
    (value: Value) => {
      setShown(undefined); // what was looked at is not what would be imported
      set(value);
    };
  return (
    <form onSubmit={(event) => void preview(event)} aria-label="Import a table">
      <Stack>
        <Group align="flex-start" grow>
          <FileInput
            label="CSV file"
            description="UTF-8, first line code,label,… as in a downloaded table; or code,spelling to add spellings to the table in use."
            placeholder="Choose a file"
            accept=".csv,text/csv"
            leftSection={<IconFileTypeCsv size={16} aria-hidden />}
            value={file}
            onChange={changed(setFile)}
            clearable
            clearButtonProps={{ 'aria-label': 'Choose no file' }}
          />
          <Select
            label="Table"
            description="Only where the file does not begin with a line # table: …"
            placeholder="As the file says"
            data={tables.map(({ name }) => name)}
            value={table}
            onChange={changed(setTable)}
            clearable
            clearButtonProps={{ 'aria-label': 'As the file says' }}
          />
          <TextInput
            label="Version"
            description="Only where the file does not say it; left empty it is today's date and a number."
            value={version}
            maxLength={200}
            onChange={(event) => changed(setVersion)(event.currentTarget.value)}
          />
        </Group>
        {look.error !== null && <ProblemNotice error={look.error} />}
        {take.error !== null && <ProblemNotice error={take.error} />}
        {shown && !shown.preview.accepted && <Problems preview={shown.preview} />}
        {shown?.preview.change && <Difference change={shown.preview.change} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" variant="default" disabled={file === null} loading={look.isPending}>
            Show what would change
          </Button>
          <Button
            disabled={!shown?.preview.change}
            loading={take.isPending}
            onClick={() =>
              shown?.preview.change &&
              take.mutate({ body: { text: shown.text, ...stated, versionBefore: shown.preview.change.versionBefore } })
            }
          >
            Put into use
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Problems({ preview }: { preview: Preview }) {
  const { problems, problemCount } = preview;
  return (
    <>
      <Notice tone="bad" urgent title={`The table is not taken: ${plural(problemCount, 'problem')}`}>
        Nothing was changed. Correct the lines and choose the file again.
        {problemCount > problems.length && ` The first ${formatCount(problems.length)} are shown.`}
      </Notice>
      <DataTable
        caption="What is wrong with the table"
        columns={PROBLEM_COLUMNS}
        rows={problems}
        keyOf={({ line, column, sentence }) => `${line} ${column} ${sentence}`}
      />
    </>
  );
}

const CHANGE_COLUMNS: readonly Column<Change['added'][number] & { kind: string }>[] = [
  { id: 'kind', header: 'What', width: 100, cell: ({ kind }) => kind },
  { id: 'code', header: 'Code', width: 150, cell: ({ code }) => <span className="mono">{code}</span> },
  { id: 'label', header: 'Label', cell: ({ label }) => <span className="break">{label}</span> },
  { id: 'what', header: 'Difference', cell: ({ what }) => <span className="break">{what}</span> },
];

function Difference({ change }: { change: Change }) {
  const rows = (['removed', 'changed', 'added'] as const).flatMap((kind) =>
    change[kind].map((one) => ({ ...one, kind })),
  );
  const total = change.addedCount + change.changedCount + change.removedCount;
  return (
    <>
      <Notice
        tone={change.removedCount > 0 ? 'warning' : 'info'}
        title={`${change.name} ${change.version} would replace ${change.versionBefore}: ${formatCount(change.addedCount)} added, ${formatCount(change.changedCount)} changed, ${formatCount(change.removedCount)} removed`}
      >
        {plural(change.touchedValues, 'indexed value')} would be harmonised again;{' '}
        {formatCount(change.withChangedCodes)} have a code that changes or goes, {formatCount(change.withoutCode)} have
        no code yet. Nothing is changed until you put it into use.
      </Notice>
      {change.warnings.map((warning) => (
        <Notice key={warning} tone="warning" title="Look at this">
          {warning}
        </Notice>
      ))}
      {rows.length > 0 && (
        <DataTable
          caption="What would change"
          columns={CHANGE_COLUMNS}
          rows={rows}
          keyOf={({ kind, code }) => `${kind} ${code}`}
        />
      )}
      {total > rows.length && <p className="dimmed">The first {formatCount(rows.length)} changes are shown.</p>}
    </>
  );
}

/** The text of a file; a file that is not UTF-8 keeps its marks of that, so that the node refuses it. */
async function readText(file: File): Promise<string> {
  return new TextDecoder('utf-8').decode(await file.arrayBuffer());
}
