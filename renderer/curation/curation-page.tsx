import { SegmentedControl } from '@mantine/core';
import { IconChecks } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../client/call.ts';
import { keyOf } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { Empty } from '../shared/empty.tsx';
import { formatCount } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { Pager } from '../shared/pager.tsx';
import { PatternCard } from './pattern-card.tsx';
import './curation.css';

type State = 'open' | 'settled';

const PAGE_SIZE = 20;
const EMPTY: Readonly<Record<State, readonly [title: string, sentence: string]>> = {
  open: ['Nothing waits for a decision', 'Where the rules are not sure what a series shows, its pattern is put here.'],
  settled: ['Nothing was settled yet', 'Decisions stand here, and can be taken back.'],
};

/** Patterns of series that the rules are not sure of; a person settles each once for the site. */
export function CurationPage() {
  const [state, setState] = useState<State>('open');
  const [offset, setOffset] = useState(0);
  const mayDecide = may(useUser(), 'settleCuration');
  const values = { query: { state, offset, limit: PAGE_SIZE } };
  const query = useQuery({
    queryKey: keyOf('listCuration', values),
    queryFn: () => call('listCuration', values),
    placeholderData: keepPreviousData,
  });
  return (
    <Page
      title="Curation"
      subtitle="What series show, where the rules are not sure. A decision is for all series of the same pattern, now and later."
    >
      <Answered query={query} height={360}>
        {({ rows, total, open, settled }) => (
          <div className="stack">
            <SegmentedControl
              aria-label="Which patterns"
              value={state}
              onChange={(value) => {
                setState(value as State);
                setOffset(0);
              }}
              data={[
                { value: 'open', label: `Open (${formatCount(open)})` },
                { value: 'settled', label: `Settled (${formatCount(settled)})` },
              ]}
              style={{ alignSelf: 'flex-start' }}
            />
            {!mayDecide && (
              <Notice tone="neutral" title="Deciding is for data officers and administrators">
                You can see what waits and what was decided.
              </Notice>
            )}
            {rows.length === 0 && (
              <Empty icon={IconChecks} title={EMPTY[state][0]}>
                {EMPTY[state][1]}
              </Empty>
            )}
            {rows.map((pattern) => (
              <PatternCard key={`${state} ${pattern.patternId}`} pattern={pattern} mayDecide={mayDecide} />
            ))}
            <Pager total={total} offset={offset} size={PAGE_SIZE} onChange={setOffset} />
          </div>
        )}
      </Answered>
    </Page>
  );
}
