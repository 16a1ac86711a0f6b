import { Button } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAction, useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount, formatDay } from '../shared/format.ts';
import { Pager } from '../shared/pager.tsx';
import { Panel } from '../shared/panel.tsx';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { Tag } from '../shared/tag.tsx';
import { type Request, STUDY_WORDS, type Study } from './request-words.ts';

type Identity = Answer<'showRetrieveIdentities'>[number];

const PAGE = 100;
/** Waiting longer than this it waits for another try, not for its turn. */
const SOON_MS = 2_000;
/** The PACS does not say. */
const UNKNOWN = <span className="dimmed">unknown</span>;

const STATE: Column<Study> = {
  id: 'state',
  header: 'State',
  cell: (study) => {
    const { text, tone } = STUDY_WORDS[study.state];
    return (
      <>
        <Tag tone={tone}>{text}</Tag>
        {study.state === 'found' && study.fetchedBefore && (
          <>
            {' '}
            <Tag tone="neutral">fetched before</Tag>
          </>
        )}
      </>
    );
  },
};

const COLUMNS: readonly Column<Study>[] = [
  {
    id: 'entry',
    header: 'Entry',
    align: 'right',
    width: 70,
    cell: ({ entry }) => (entry === 0 ? '' : formatCount(entry)),
  },
  {
    id: 'modalities',
    header: 'Modalities',
    cell: ({ modalities }) => (modalities === '' ? UNKNOWN : modalities.split('\\').join(', ')),
  },
  {
    id: 'series',
    header: 'Series',
    align: 'right',
    cell: ({ series }) => (series === null ? UNKNOWN : formatCount(series)),
  },
  {
    id: 'instances',
    header: 'Instances',
    align: 'right',
    cell: ({ state, arrived, expected }) => {
      const total = expected === null ? 'unknown' : formatCount(expected);
      return state === 'found' ? total : `${formatCount(arrived)} of ${total}`;
    },
  },
  STATE,
  {
    id: 'sentence',
    header: 'What happened',
    cell: ({ state, sentence, notBefore }) => (
      <span className="break">
        {sentence}
        {state === 'waiting' && Date.parse(notBefore) > Date.now() + SOON_MS && (
          <span className="dimmed">
            {' '}
            Next try <Ago at={notBefore} />.
          </span>
        )}
      </span>
    ),
  },
];

function identityColumns(identities: ReadonlyMap<string, Identity>): Column<Study>[] {
  const shown = (study: Study, read: (identity: Identity) => string) => {
    const identity = identities.get(study.id);
    return <span className="mono break">{identity ? read(identity) : ''}</span>;
  };
  const day = (text: string) => formatDay(text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3'));
  return [
    { id: 'patient', header: 'Patient ID', cell: (study) => shown(study, ({ patientId }) => patientId) },
    { id: 'accession', header: 'Accession number', cell: (study) => shown(study, (one) => one.accessionNumber) },
    { id: 'date', header: 'Study date', cell: (study) => shown(study, ({ studyDate }) => day(studyDate)) },
  ];
}

function StudyAction({ study }: { study: Study }) {
  const cancel = useAction('cancelRetrieveStudy');
  const retry = useAction('retryRetrieveStudy');
  const values = { params: { id: study.id } };
  if (study.state === 'waiting' || study.state === 'in transfer') {
    return (
      <Button size="compact-xs" variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(values)}>
        Cancel
      </Button>
    );
  }
  if (study.state === 'found' || study.state === 'complete') return null;
  return (
    <Button size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(values)}>
      {study.state === 'skipped' ? 'Fetch' : 'Try again'}
    </Button>
  );
}

/** Studies of a request in the order of its entries; who they are of is shown on demand, and that is audited. */
export function StudiesTable({ request }: { request: Request }) {
  const user = useUser();
  const [offset, setOffset] = useState(0);
  const [identities, setIdentities] = useState<ReadonlyMap<string, Identity>>();
  const params = { id: request.id };
  const query = useAnswer('listRetrieveStudies', { params, query: { limit: PAGE, offset } });
  const show = useAction('showRetrieveIdentities', (answer) =>
    setIdentities(new Map(answer.map((identity) => [identity.id, identity]))),
  );
  const rows = query.data?.rows ?? [];
  const mayAct = may(user, 'cancelRetrieveStudy') && request.state === 'confirmed';
  const columns = [
    ...COLUMNS.slice(0, 1),
    ...(identities ? identityColumns(identities) : []),
    ...COLUMNS.slice(1),
    ...(mayAct
      ? [{ id: 'act', header: 'Action', width: 96, cell: (study: Study) => <StudyAction study={study} /> }]
      : []),
  ];
  const action = may(user, 'showRetrieveIdentities') && (
    <Button
      size="xs"
      variant="default"
      loading={show.isPending}
      leftSection={identities ? <IconEyeOff size={15} aria-hidden /> : <IconEye size={15} aria-hidden />}
      onClick={() =>
        identities ? setIdentities(undefined) : show.mutate({ params, body: { studies: rows.map(({ id }) => id) } })
      }
    >
      {identities ? 'Hide patient IDs' : 'Show patient IDs'}
    </Button>
  );
  return (
    <Panel
      title="Studies"
      description="By the number of the entry they match. Showing patient IDs is entered in the audit log."
      action={action}
      flush
    >
      {show.error !== null && <ProblemNotice error={show.error} />}
      <Answered query={query}>
        {({ total }) => (
          <>
            <DataTable caption="Studies of the request" columns={columns} rows={rows} keyOf={({ id }) => id} />
            <Pager
              total={total}
              offset={offset}
              size={PAGE}
              onChange={(next) => {
                setIdentities(undefined);
                setOffset(next);
              }}
            />
          </>
        )}
      </Answered>
    </Panel>
  );
}
