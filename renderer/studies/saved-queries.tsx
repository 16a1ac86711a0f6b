import { ActionIcon, Button, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { IconBookmark, IconDeviceFloppy, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { useUser } from '../client/session.ts';
import { describeCohort } from '../datasets/cohort-words.ts';
import { Answered } from '../shared/answered.tsx';
import { ConfirmRemoval } from '../shared/confirm-removal.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { type CohortQuery, queryOf, type StudySearch, searchOf } from './study-search.ts';

type SavedQuery = Answer<'listSavedQueries'>[number];

interface SavedQueriesProps {
  readonly search: StudySearch;
  readonly onChange: (search: StudySearch) => void;
}

/** Searches under a name: to find again, for everybody, and to make datasets of. */
export function SavedQueries({ search, onChange }: SavedQueriesProps) {
  const [shown, setShown] = useState<'list' | 'save'>();
  const close = () => setShown(undefined);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconBookmark size={16} aria-hidden />}>
            Saved queries
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconBookmark size={16} aria-hidden />} onClick={() => setShown('list')}>
            Open a saved query
          </Menu.Item>
          <Menu.Item leftSection={<IconDeviceFloppy size={16} aria-hidden />} onClick={() => setShown('save')}>
            Save these filters
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={shown === 'save'} onClose={close} title="Save these filters">
        {shown === 'save' && <SaveForm query={queryOf(search)} onClose={close} />}
      </Modal>
      <Modal opened={shown === 'list'} onClose={close} title="Saved queries" size="lg">
        {shown === 'list' && (
          <SavedList
            onOpen={(saved) => {
              onChange(searchOf(saved.query));
              close();
            }}
          />
        )}
      </Modal>
    </>
  );
}

function SaveForm({ query, onClose }: { readonly query: CohortQuery; readonly onClose: () => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [checked, setChecked] = useState(false);
  const save = useAction('saveQuery', (saved) => {
    announce(`Saved as ${saved.name}.`);
    onClose();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    setChecked(true);
    if (name.trim() !== '') save.mutate({ body: { name, description, query } });
  };
  return (
    <form onSubmit={send} noValidate>
      <Stack>
        {save.error !== null && <ProblemNotice error={save.error} />}
        <Text>{describeCohort(query)}</Text>
        <TextInput
          label="Name"
          description="Everybody who may sign in sees it. No name of a patient."
          value={name}
          maxLength={100}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
          error={checked && name.trim() === '' ? 'Give it a name.' : undefined}
        />
        <TextInput
          label="What it is for"
          value={description}
          maxLength={1000}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function SavedList({ onOpen }: { readonly onOpen: (saved: SavedQuery) => void }) {
  const user = useUser();
  const saved = useAnswer('listSavedQueries');
  const [removing, setRemoving] = useState<SavedQuery>();
  const remove = useAction('removeSavedQuery', () => setRemoving(undefined));
  return (
    <Answered query={saved} height={120}>
      {(queries) => (
        <>
          {queries.length === 0 && <Text>Nothing is saved yet. Choose filters and save them under a name.</Text>}
          <ul className="plain-list">
            {queries.map((one) => (
              <li key={one.id}>
                <div>
                  <Button variant="subtle" size="compact-md" onClick={() => onOpen(one)}>
                    {one.name}
                  </Button>
                  <Text size="sm" c="dimmed" px={8}>
                    {describeCohort(one.query)} Saved by {one.owner}.{' '}
                    {one.description === '' ? '' : `${one.description}`}
                  </Text>
                </div>
                {(one.owner === user.name || user.role === 'administrator') && (
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove ${one.name}`}
                    onClick={() => setRemoving(one)}
                  >
                    <IconTrash size={16} aria-hidden />
                  </ActionIcon>
                )}
              </li>
            ))}
          </ul>
          <ConfirmRemoval
            name={removing?.name}
            busy={remove.isPending}
            error={remove.error}
            onClose={() => setRemoving(undefined)}
            onConfirm={() => removing && remove.mutate({ params: { id: removing.id } })}
          >
            Datasets that were made of it stay as they are.
          </ConfirmRemoval>
        </>
      )}
    </Answered>
  );
}
