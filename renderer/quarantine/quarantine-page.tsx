import { IconShieldCheck } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { Empty } from '../shared/empty.tsx';
import { plural } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { CauseList } from './cause-list.tsx';
import { CausePanel } from './cause-panel.tsx';
import './quarantine.css';

/** What was stopped, grouped by cause: why, what to do, and the objects. */
export function QuarantinePage() {
  const { cause: asked } = useSearch({ from: '/quarantine' });
  const navigate = useNavigate({ from: '/quarantine' });
  const query = useAnswer('listQuarantine', { query: { limit: 1 } });
  const total = query.data?.causes.reduce((sum, cause) => sum + cause.count, 0);
  return (
    <Page
      title="Quarantine"
      subtitle={
        total === undefined
          ? 'Loading'
          : `${plural(total, 'object')} stopped on a doubt. Nothing here was passed on, nothing is lost.`
      }
    >
      <Answered query={query} height={360}>
        {({ causes }) => {
          if (causes.length === 0) {
            return (
              <Empty icon={IconShieldCheck} title="Nothing is in quarantine">
                Objects that raise a doubt stop here, with the cause and what to do.
              </Empty>
            );
          }
          const sorted = causes.toSorted((a, b) => b.count - a.count);
          const chosen = sorted.find((cause) => cause.cause === asked) ?? sorted[0];
          return (
            <div className="quarantine">
              <CauseList
                causes={sorted}
                chosen={chosen?.cause}
                onChoose={(cause) => void navigate({ search: { cause }, replace: true })}
              />
              {chosen !== undefined && <CausePanel key={chosen.cause} cause={chosen} />}
            </div>
          );
        }}
      </Answered>
    </Page>
  );
}
