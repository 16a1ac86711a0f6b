import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { AddUser } from './add-user.tsx';
import { ROLE_WORDS } from './roles.ts';

type ListedUser = Answer<'listUsers'>[number];

const COLUMNS: readonly Column<ListedUser>[] = [
  { id: 'name', header: 'User', cell: (user) => user.name },
  { id: 'role', header: 'Role', width: 140, cell: (user) => user.role },
  { id: 'may', header: 'May', cell: (user) => <span className="dimmed">{ROLE_WORDS[user.role]}</span> },
  {
    id: 'created',
    header: 'Added',
    width: 200,
    cell: (user) => <span className="number">{formatTime(user.createdAt)}</span>,
  },
];

/** Who may sign in; a release needs at least two who may release. */
export function UsersPanel() {
  const query = useAnswer('listUsers');
  const [adding, { open, close }] = useDisclosure(false);
  const releasers = query.data?.filter((user) => user.role !== 'viewer').length;
  const secondNeeded = releasers !== undefined && releasers < 2;
  const add = (
    <Button size="xs" leftSection={<IconUserPlus size={15} aria-hidden />} onClick={open}>
      Add a user
    </Button>
  );
  return (
    <div className="stack">
      {secondNeeded && (
        <Notice tone="warning" title="A second person is needed before anything can be released" action={add}>
          Whoever drafts a dataset cannot release it. Add an officer, normally the data protection officer, with an
          account of their own.
        </Notice>
      )}
      <Panel
        title="Users"
        description="One account per person; a release by the person who drafted the dataset is refused."
        action={!secondNeeded && add}
        flush
      >
        <Answered query={query}>
          {(users) => <DataTable caption="Users" columns={COLUMNS} rows={users} keyOf={(user) => user.name} />}
        </Answered>
      </Panel>
      <AddUser opened={adding} onClose={close} />
    </div>
  );
}
