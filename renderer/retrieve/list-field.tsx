import { Button, FileButton, Stack, Text, Textarea } from '@mantine/core';
import { type DragEvent, useState } from 'react';

interface ListFieldProps {
  readonly csv: string;
  readonly onChange: (csv: string) => void;
}

/** A request list: a file that is chosen or dropped, or pasted lines. */
export function ListField({ csv, onChange }: ListFieldProps) {
  const [over, setOver] = useState(false);
  const [name, setName] = useState<string>();
  const take = (file: File | null | undefined) => {
    if (!file) return;
    setName(file.name);
    void file.text().then(onChange);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  return (
    <Stack gap="sm">
      <section
        aria-label="Drop a list here"
        className={over ? 'retrieve-drop retrieve-drop-over' : 'retrieve-drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <FileButton onChange={take} accept=".csv,.txt,text/csv,text/plain">
          {(props) => (
            <Button variant="default" {...props}>
              Choose a file
            </Button>
          )}
        </FileButton>
        <Text size="sm" mt={8}>
          {name === undefined ? 'or drop it here.' : `${name} is read; look at its lines below.`}
        </Text>
      </section>
      <Textarea
        label="Lines of the list"
        description="With a heading of accession number, patient ID, study UID, date, modality; or without one in this order. Comma, semicolon or tab."
        placeholder={'accession number;modality\nA10023;CT'}
        autosize
        minRows={4}
        maxRows={12}
        autoComplete="off"
        spellCheck={false}
        value={csv}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </Stack>
  );
}
