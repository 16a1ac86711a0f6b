import { Button, Pagination } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Answer, call } from '../client/call.ts';
import { keyOf, useAction } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { formatCount, plural } from '../shared/format.ts';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import { ConfirmRequeue } from './confirm-requeue.tsx';
import { ExcludeModal } from './exclude-modal.tsx';
import { QuarantineTable } from './quarantine-table.tsx';

type Cause = Answer<'listQuarantine'>['causes'][number];

const PAGE_SIZE = 50;

/** One cause: what happened, what to do, its objects, and the two ways out. */
export function CausePanel({ cause }: { cause: Cause }) {
  const [page, setPage] = useState(1);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<'requeue-all' | 'exclude'>();
  const mayAct = may(useUser(), 'requeue');
  const values = { query: { cause: cause.cause, offset: (page - 1) * PAGE_SIZE, limit: PAGE_SIZE } };
  const query = useQuery({
    queryKey: keyOf('listQuarantine', values),
    queryFn: () => call('listQuarantine', values),
    placeholderData: keepPreviousData,
  });
  const clear = () => {
    setSelected(new Set());
    setAsking(undefined);
  };
  const requeue = useAction('requeue', ({ changed }) => {
    announce(`${plural(changed, 'object')} went back into the queue.`);
    clear();
  });
  const exclude = useAction('exclude', ({ changed }) => {
    announce(`${plural(changed, 'object was', 'objects were')} excluded.`);
    clear();
  });
  const objectIds = [...selected];
  return (
    <Answered query={query} height={360}>
      {(answer) => {
        const first = answer.rows[0];
        return (
          <Panel title={cause.title} description={plural(cause.count, 'object')} flush>
            {first !== undefined && (
              <dl className="cause-words">
                <div>
                  <dt>What happened</dt>
                  <dd>{first.sentence}</dd>
                </div>
                <div>
                  <dt>What to do</dt>
                  <dd>{first.fix}</dd>
                </div>
              </dl>
            )}
            {mayAct ? (
              <div className="cause-actions">
                <span role="status" className="cause-selected number">
                  {selected.size === 0 ? 'None selected' : `${formatCount(selected.size)} selected`}
                </span>
                <Button
                  size="xs"
                  variant="default"
                  disabled={selected.size === 0}
                  loading={requeue.isPending && asking === undefined}
                  onClick={() => requeue.mutate({ body: { objectIds } })}
                >
                  Requeue selected
                </Button>
                <Button size="xs" variant="default" disabled={selected.size === 0} onClick={() => setAsking('exclude')}>
                  Exclude selected…
                </Button>
                <Button size="xs" variant="default" className="cause-all" onClick={() => setAsking('requeue-all')}>
                  Requeue all {formatCount(cause.count)}…
                </Button>
              </div>
            ) : (
              <p className="panel-empty">Requeueing and excluding is for administrators.</p>
            )}
            {requeue.error !== null && asking === undefined && (
              <div className="cause-problem">
                <ProblemNotice error={requeue.error} />
              </div>
            )}
            <QuarantineTable rows={answer.rows} selected={selected} onSelect={mayAct ? setSelected : undefined} />
            {answer.total > PAGE_SIZE && (
              <div className="cause-pages">
                <Pagination
                  size="sm"
                  total={Math.ceil(answer.total / PAGE_SIZE)}
                  value={page}
                  onChange={(next) => {
                    setPage(next);
                    setSelected(new Set());
                  }}
                  getControlProps={(control) => ({ 'aria-label': `${control} page` })}
                  getItemProps={(item) => ({ 'aria-label': `Page ${item}` })}
                />
              </div>
            )}
            <ConfirmRequeue
              opened={asking === 'requeue-all'}
              cause={cause}
              busy={requeue.isPending}
              error={requeue.error}
              onClose={() => setAsking(undefined)}
              onConfirm={() => requeue.mutate({ body: { cause: cause.cause } })}
            />
            <ExcludeModal
              opened={asking === 'exclude'}
              count={selected.size}
              busy={exclude.isPending}
              error={exclude.error}
              onClose={() => setAsking(undefined)}
              onConfirm={(reason) => exclude.mutate({ body: { objectIds, reason } })}
            />
          </Panel>
        );
      }}
    </Answered>
  );
}
