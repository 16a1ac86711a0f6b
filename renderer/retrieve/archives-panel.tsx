import { ActionIcon, Button, Group } from '@mantine/core';
import { IconPencil, IconPlus, IconServer2, IconStethoscope, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { ConfirmRemoval } from '../shared/confirm-removal.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Empty } from '../shared/empty.tsx';
import { plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { ArchiveForm } from './archive-form.tsx';
import { Doctor } from './doctor.tsx';

type Archive = Answer<'listArchives'>[number];

function limitsOf({ instancesPerSecond, studiesPerHour, concurrentStudies }: Archive): string {
  return [
    plural(concurrentStudies, 'study', 'studies').concat(' at a time'),
    ...(instancesPerSecond === null ? [] : [`${plural(instancesPerSecond, 'instance')} a second`]),
    ...(studiesPerHour === null ? [] : [`${plural(studiesPerHour, 'study', 'studies')} an hour`]),
  ].join(', ');
}

const COLUMNS: readonly Column<Archive>[] = [
  {
    id: 'tag',
    header: 'PACS',
    cell: ({ tag, enabled }) => (
      <span className="break">
        {tag} {!enabled && <Tag tone="warning">off</Tag>}
      </span>
    ),
  },
  {
    id: 'address',
    header: 'AE title and address',
    cell: ({ aeTitle, host, port }) => (
      <>
        <span className="mono">{aeTitle}</span>{' '}
        <span className="mono dimmed break">
          {host}:{port}
        </span>
      </>
    ),
  },
  { id: 'way', header: 'By', width: 92, cell: ({ way }) => `C-${way.toUpperCase()}` },
  {
    id: 'tls',
    header: 'TLS',
    cell: ({ certificateAuthorities, fingerprints }) =>
      certificateAuthorities === null ? (
        <span className="dimmed">no</span>
      ) : (
        <Tag tone="good">{fingerprints.length > 0 ? 'yes, pinned' : 'yes'}</Tag>
      ),
  },
  { id: 'limits', header: 'Limits', width: 190, cell: limitsOf },
  {
    id: 'windows',
    header: 'May be asked',
    cell: ({ windows, open, enabled }) =>
      windows.length === 0 ? (
        'at any time'
      ) : (
        <>
          {enabled && <Tag tone={open ? 'good' : 'neutral'}>{open ? 'open now' : 'closed now'}</Tag>}{' '}
          <span className="mono break">{windows.join(' or ')}</span>
        </>
      ),
  },
];

/** The PACS that studies are fetched from. */
export function ArchivesPanel({ timeZone }: { timeZone: string }) {
  const query = useAnswer('listArchives');
  const mayChange = may(useUser(), 'addArchive');
  const [edited, setEdited] = useState<Archive | 'new'>();
  const [leaving, setLeaving] = useState<Archive>();
  const [examined, setExamined] = useState<string>();
  const remove = useAction('removeArchive', () => setLeaving(undefined));
  const actions: Column<Archive> = {
    id: 'actions',
    header: 'Change',
    width: 124,
    cell: (archive) => (
      <Group gap={4} wrap="nowrap">
        <ActionIcon
          variant="subtle"
          aria-label={`Examine the connection to ${archive.tag}`}
          onClick={() => setExamined(archive.tag)}
        >
          <IconStethoscope size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon variant="subtle" aria-label={`Edit ${archive.tag}`} onClick={() => setEdited(archive)}>
          <IconPencil size={16} aria-hidden />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="red"
          aria-label={`Remove ${archive.tag}`}
          onClick={() => setLeaving(archive)}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </Group>
    ),
  };
  const add = (
    <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEdited('new')}>
      Add a PACS
    </Button>
  );
  return (
    <Answered query={query}>
      {(archives) => (
        <>
          {archives.length === 0 ? (
            <Empty icon={IconServer2} title="No PACS yet" action={mayChange && add}>
              Enter the PACS that studies are to be fetched from, and register this node there.
            </Empty>
          ) : (
            <Panel
              title="PACS"
              description={`Windows are meant in the time zone ${timeZone}. A study that has begun goes on when its window closes.`}
              action={mayChange && add}
              flush
            >
              <DataTable
                caption="PACS"
                columns={mayChange ? [...COLUMNS, actions] : COLUMNS}
                rows={archives}
                keyOf={({ tag }) => tag}
              />
            </Panel>
          )}
          {edited !== undefined && (
            <ArchiveForm
              {...(edited === 'new' ? {} : { archive: edited })}
              timeZone={timeZone}
              onClose={() => setEdited(undefined)}
              onSaved={setExamined}
            />
          )}
          {examined !== undefined && <Doctor tag={examined} onClose={() => setExamined(undefined)} />}
          <ConfirmRemoval
            name={leaving?.tag}
            busy={remove.isPending}
            error={remove.error}
            onClose={() => setLeaving(undefined)}
            onConfirm={() => leaving && remove.mutate({ params: { tag: leaving.tag } })}
          >
            Nothing is fetched from it any more. A PACS that requests belong to can only be switched off.
          </ConfirmRemoval>
        </>
      )}
    </Answered>
  );
}
