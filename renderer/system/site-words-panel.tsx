import { Button, Group, SegmentedControl } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';
import { announce } from '../shared/toast.tsx';

type SiteWord = Answer<'showSiteWords'>[number];
type State = SiteWord['state'];
type Decision = 'approve' | 'refuse' | 'revoke';

const STATES: readonly State[] = ['proposed', 'approved', 'refused'];
const HEADINGS: Readonly<Record<State, string>> = { proposed: 'Proposed', approved: 'Approved', refused: 'Refused' };
const DONE: Readonly<Record<Decision, string>> = {
  approve: 'The word is approved. Descriptions keep it from the next object on.',
  refuse: 'The word is refused. It is not proposed again.',
  revoke: 'The decision is revoked. Descriptions lose the word from the next object on.',
};
/** The longest list that is shown at once. */
const MOST_SHOWN = 1_000;
/** Different patients are counted up to here. */
const MOST_PATIENTS = 100;

const COLUMNS: readonly Column<SiteWord>[] = [
  {
    id: 'word',
    header: 'Word',
    cell: ({ word, identifying }) => (
      <>
        <span className="mono break">{word}</span>
        {identifying && (
          <>
            {' '}
            <Tag tone="warning">seen as a name since</Tag>
          </>
        )}
      </>
    ),
  },
  { id: 'attribute', header: 'First seen in', cell: ({ attribute }) => attribute },
  {
    id: 'patients',
    header: 'Patients',
    align: 'right',
    width: 110,
    cell: ({ patients }) => (patients >= MOST_PATIENTS ? `${MOST_PATIENTS} or more` : formatCount(patients)),
  },
  { id: 'objects', header: 'Objects', align: 'right', width: 96, cell: ({ objects }) => formatCount(objects) },
  { id: 'seen', header: 'Last seen', width: 130, cell: ({ lastSeen }) => <Ago at={lastSeen} /> },
];
const DECIDED: Column<SiteWord> = {
  id: 'decided',
  header: 'Decided',
  width: 170,
  cell: ({ decidedAt, decidedBy }) =>
    decidedAt !== null && (
      <>
        {decidedBy}, <Ago at={decidedAt} />
      </>
    ),
};

/** Words that descriptions lose because they are in no list. They are read on demand, and that is audited. */
export function SiteWordsPanel() {
  const user = useUser();
  const query = useAnswer('countSiteWords');
  const [state, setState] = useState<State>('proposed');
  const [words, setWords] = useState<readonly SiteWord[]>();
  const show = useAction('showSiteWords', setWords);
  const decide = useAction('decideSiteWord');
  const mayShow = may(user, 'showSiteWords');
  const act = (word: SiteWord, decision: Decision) =>
    decide.mutate(
      { params: { id: word.id }, body: { decision } },
      {
        onSuccess: () => {
          announce(DONE[decision]);
          setWords((known) => known?.filter(({ id }) => id !== word.id));
        },
      },
    );
  const actions: Column<SiteWord> = {
    id: 'act',
    header: 'Decision',
    width: 190,
    cell: (word) => (
      <Group gap="xs" wrap="nowrap">
        {(state === 'proposed' ? (['approve', 'refuse'] as const) : (['revoke'] as const)).map((decision) => (
          <Button
            key={decision}
            size="compact-xs"
            variant="default"
            disabled={decide.isPending}
            aria-label={`${decision} ${word.word}`}
            onClick={() => act(word, decision)}
          >
            {decision.charAt(0).toUpperCase() + decision.slice(1)}
          </Button>
        ))}
      </Group>
    ),
  };
  const columns = [...COLUMNS, ...(state === 'proposed' ? [] : [DECIDED]), actions];
  const action = mayShow && (
    <Button
      size="xs"
      variant="default"
      loading={show.isPending}
      leftSection={words ? <IconEyeOff size={15} aria-hidden /> : <IconEye size={15} aria-hidden />}
      onClick={() => (words ? setWords(undefined) : show.mutate({ body: { state } }))}
    >
      {words ? 'Hide the words' : 'Show the words'}
    </Button>
  );
  return (
    <Panel
      title="Words of this site"
      description="Descriptions lose every word that is in no list. An approved word stays from the next object on, but never where a header names somebody so; the profile hash changes with it."
      action={action}
    >
      <Answered query={query}>
        {({ fromPatients, ...counts }) => (
          <div className="stack">
            <SegmentedControl
              aria-label="Which words"
              value={state}
              onChange={(value) => {
                setWords(undefined);
                setState(value as State);
              }}
              data={STATES.map((one) => ({ value: one, label: `${HEADINGS[one]} (${formatCount(counts[one])})` }))}
              style={{ alignSelf: 'flex-start' }}
            />
            {show.error !== null && <ProblemNotice error={show.error} />}
            {decide.error !== null && <ProblemNotice error={decide.error} />}
            {words === undefined && (
              <Notice tone="neutral" title="A word may be a name until somebody has read it">
                {mayShow
                  ? 'Showing the words is entered in the audit log. '
                  : 'Only administrators can see the words and decide about them. '}
                Proposed are words from the texts of at least {fromPatients} patients that no header has shown as a name
                or identifier.
              </Notice>
            )}
            {words?.length === 0 && <Notice tone="good" title={`No word is ${state}`} />}
            {words !== undefined && words.length > 0 && (
              <DataTable
                caption={`${HEADINGS[state]} words`}
                columns={columns}
                rows={words}
                keyOf={({ id }) => String(id)}
              />
            )}
            {words !== undefined && words.length >= MOST_SHOWN && (
              <Notice tone="info">There may be more: the {formatCount(MOST_SHOWN)} most frequent are shown.</Notice>
            )}
          </div>
        )}
      </Answered>
    </Panel>
  );
}
