import { Pagination } from '@mantine/core';
import { IconMessageQuestion } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../client/call.ts';
import { keyOf } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { Empty } from '../shared/empty.tsx';
import { Task } from './task.tsx';

const PAGE_SIZE = 20;

/** The questions of the hub, newest first; the newest one open. */
export function Tasks() {
  const [page, setPage] = useState(1);
  const values = { query: { offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE } };
  const query = useQuery({
    queryKey: keyOf('listHubTasks', values),
    queryFn: () => call('listHubTasks', values),
    placeholderData: keepPreviousData,
  });
  return (
    <Answered query={query}>
      {({ total, rows }) =>
        total === 0 ? (
          <Empty icon={IconMessageQuestion} title="The hub has asked nothing yet">
            Each question appears here with the exact answer that left.
          </Empty>
        ) : (
          <>
            <ul className="tasks">
              {rows.map((task, index) => (
                <Task key={task.taskId} task={task} opened={page === 1 && index === 0} />
              ))}
            </ul>
            {total > PAGE_SIZE && (
              <Pagination
                size="sm"
                total={Math.ceil(total / PAGE_SIZE)}
                value={page}
                onChange={setPage}
                getControlProps={(control) => ({ 'aria-label': `${control} page` })}
                getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
              />
            )}
          </>
        )
      }
    </Answered>
  );
}
