import { Button, Group, Modal, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAction } from '../client/queries.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { EntriesField } from './entries-field.tsx';
import { ListField } from './list-field.tsx';
import { linesOf } from './request-words.ts';

interface NewRequestProps {
  /** Names of the PACS that may be asked. */
  readonly archives: readonly string[];
  readonly onClose: () => void;
}

const EMPTY = { accessionNumbers: '', patientIds: '', studyUids: '', from: '', to: '', modality: '' };

/** Asks a PACS what matches a form or a list; what comes of it is shown before anything moves. */
export function NewRequest({ archives, onClose }: NewRequestProps) {
  const navigate = useNavigate();
  const [archive, setArchive] = useState<string | null>(archives[0] ?? null);
  const [way, setWay] = useState<'form' | 'list'>('form');
  const [form, setForm] = useState(EMPTY);
  const [csv, setCsv] = useState('');
  const set = (part: Partial<typeof form>) => setForm({ ...form, ...part });
  const ask = useAction('addRetrieveRequest', ({ id }) => {
    onClose();
    void navigate({ to: '/retrieve/$requestId', params: { requestId: id } });
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const filled = {
      accessionNumbers: linesOf(form.accessionNumbers),
      patientIds: linesOf(form.patientIds),
      studyUids: linesOf(form.studyUids),
      from: form.from || null,
      to: form.to || null,
      modality: form.modality.trim().toUpperCase() || null,
    };
    ask.mutate({ body: { archive: archive ?? '', what: way === 'form' ? { form: filled } : { csv } } });
  };
  const empty = way === 'list' ? csv.trim() === '' : Object.values(form).every((value) => value.trim() === '');
  return (
    <Modal opened onClose={onClose} title="New request" size="lg">
      <form onSubmit={send} noValidate>
        <Stack>
          {ask.error !== null && <ProblemNotice error={ask.error} />}
          <Select
            label="PACS"
            data={[...archives]}
            value={archive}
            onChange={setArchive}
            allowDeselect={false}
            comboboxProps={{ withinPortal: true }}
          />
          <SegmentedControl
            aria-label="How to say what is wanted"
            value={way}
            onChange={(value) => setWay(value as typeof way)}
            data={[
              { value: 'form', label: 'Fill in a form' },
              { value: 'list', label: 'Give a list (CSV)' },
            ]}
          />
          {way === 'list' ? (
            <ListField csv={csv} onChange={setCsv} />
          ) : (
            <>
              <EntriesField
                label="Accession numbers"
                value={form.accessionNumbers}
                onChange={(accessionNumbers) => set({ accessionNumbers })}
              />
              <EntriesField
                label="Patient IDs"
                value={form.patientIds}
                onChange={(patientIds) => set({ patientIds })}
              />
              <EntriesField label="Study UIDs" value={form.studyUids} onChange={(studyUids) => set({ studyUids })} />
              <Group grow align="flex-start">
                <TextInput
                  label="Studied from"
                  type="date"
                  value={form.from}
                  onChange={(event) => set({ from: event.currentTarget.value })}
                />
                <TextInput
                  label="to"
                  type="date"
                  value={form.to}
                  onChange={(event) => set({ to: event.currentTarget.value })}
                />
                <TextInput
                  label="Modality"
                  placeholder="CT"
                  maxLength={16}
                  value={form.modality}
                  onChange={(event) => set({ modality: event.currentTarget.value })}
                />
              </Group>
            </>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={ask.isPending} disabled={empty || archive === null}>
              See what matches
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
