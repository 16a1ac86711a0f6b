import { Button, FileInput, Group, Select, Stack } from '@mantine/core';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useAction } from '../client/queries.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { contentOf, type Draft } from './mapping-edit.ts';

const LARGEST_BYTES = 8 * 1024 * 1024;
const ENCODINGS = [
  'utf-8',
  'windows-1252',
  'iso-8859-15',
  'windows-1250',
  'iso-8859-2',
  'windows-1253',
  'windows-1251',
  'windows-1257',
  'utf-16le',
];
const DELIMITERS = [
  { value: ',', label: 'comma' },
  { value: ';', label: 'semicolon' },
  { value: '\t', label: 'tab' },
  { value: '|', label: 'vertical bar' },
];

/** Chooses a clinical file and has the node read it; nothing is imported by that. */
export function FilePanel({ onRead }: { onRead: (draft: Draft) => void }) {
  const [file, setFile] = useState<File | null>(null);
  const [encoding, setEncoding] = useState<string | null>(null);
  const [delimiter, setDelimiter] = useState<string | null>(null);
  const read = useAction('readClinicalFile', onRead);
  const tooLarge = file !== null && file.size > LARGEST_BYTES;
  const send = async (event: FormEvent) => {
    event.preventDefault();
    if (file === null || tooLarge) return;
    const content = await contentOf(file);
    read.mutate({
      body: {
        content,
        ...(encoding === null ? {} : { encoding: encoding as 'utf-8' }),
        ...(delimiter === null ? {} : { delimiter: delimiter as ',' }),
      },
    });
  };
  return (
    <Panel
      title="Read a clinical file"
      description="CSV, an Excel workbook, an export of REDCap, or a FHIR R4 bundle. It names patients by the Patient ID of the images. The node keeps it in memory until it is imported, for an hour at most."
    >
      <form onSubmit={(event) => void send(event)}>
        <Stack>
          {read.error !== null && <ProblemNotice error={read.error} />}
          {tooLarge && (
            <Notice tone="warning" title="The file is larger than 8 MB" urgent>
              Import it on the node itself: gatehouse clinical import FILE.
            </Notice>
          )}
          <FileInput
            label="File"
            placeholder="Choose a file"
            leftSection={<IconFileSpreadsheet size={16} aria-hidden />}
            accept=".csv,.tsv,.txt,.xlsx,.json"
            value={file}
            onChange={setFile}
          />
          <Group grow align="flex-start">
            <Select
              label="Encoding"
              description="Only where the node recognises it wrongly"
              placeholder="Recognised"
              clearable
              data={ENCODINGS}
              value={encoding}
              onChange={setEncoding}
            />
            <Select
              label="Delimiter"
              description="Only where the node recognises it wrongly"
              placeholder="Recognised"
              clearable
              data={DELIMITERS}
              value={delimiter}
              onChange={setDelimiter}
            />
          </Group>
          <Group justify="flex-end">
            <Button type="submit" disabled={file === null || tooLarge} loading={read.isPending}>
              Read the file
            </Button>
          </Group>
        </Stack>
      </form>
    </Panel>
  );
}
