import { useParams } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { AssociationOutcome } from '../shared/association-outcome.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatBytes, formatCount, formatDuration, formatTimeExactly } from '../shared/format.ts';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { speedOf } from './speed.ts';

type Association = Answer<'getAssociation'>;
type Context = Association['contexts'][number];

const COLUMNS: readonly Column<Context>[] = [
  { id: 'abstract', header: 'Abstract syntax', cell: (context) => context.abstractSyntax },
  { id: 'offered', header: 'Transfer syntaxes offered', cell: (context) => context.offered.join(', ') },
  {
    id: 'answer',
    header: 'Answer',
    cell: (context) =>
      context.accepted === null ? (
        <Tag tone="warning">{context.answer}</Tag>
      ) : (
        <>
          <Tag tone="good">accepted</Tag> {context.accepted}
        </>
      ),
  },
  { id: 'count', header: 'Contexts', align: 'right', width: 90, cell: (context) => formatCount(context.count) },
];

function factsOf(association: Association) {
  const mono = (text: string) => <span className="mono break">{text}</span>;
  const { milliseconds, certificate, rejection } = association;
  return [
    ['Peer', association.peerTag ?? 'unknown'],
    ['Calling AE title', mono(association.callingAeTitle)],
    ['Called AE title', mono(association.calledAeTitle)],
    ['Address', mono(association.remoteAddress)],
    ['Transport', association.tlsProtocol ?? 'plain'],
    ...(certificate === null ? [] : ([['Client certificate', mono(certificate)]] as const)),
    ['Started', formatTimeExactly(association.startedAt)],
    [
      'Lasted',
      milliseconds === null
        ? 'still open'
        : milliseconds < 1000
          ? `${milliseconds} ms`
          : formatDuration(milliseconds / 1000),
    ],
    ['Objects', `${formatCount(association.objects)}, failed ${formatCount(association.failures)}`],
    ['Size', [formatBytes(association.bytes), speedOf(association)].filter(Boolean).join(', ')],
    ['How it ended', <AssociationOutcome key="outcome" association={association} />],
    ...(rejection === null ? [] : ([['Result/source/reason', mono(rejection)]] as const)),
  ] as const;
}

/** One association: who, what was offered and accepted, what came, how it ended. */
export function AssociationPage() {
  const { associationId } = useParams({ from: '/receiver/$associationId' });
  const query = useAnswer('getAssociation', { params: { id: associationId } });
  return (
    <Page title="Association" back={{ to: '/receiver', label: 'Receiver' }}>
      <Answered query={query} height={320}>
        {(association) => (
          <div className="stack">
            <Panel title="What happened">
              <Facts facts={factsOf(association)} />
            </Panel>
            <Panel title="Presentation contexts" description="What the sender proposed, and the answer." flush>
              {association.contexts.length === 0 ? (
                <p className="panel-empty">None were proposed or recorded.</p>
              ) : (
                <DataTable
                  caption="Presentation contexts"
                  columns={COLUMNS}
                  rows={association.contexts}
                  keyOf={(context) => `${context.abstractSyntax} ${context.offered.join()} ${context.answer}`}
                />
              )}
            </Panel>
          </div>
        )}
      </Answered>
    </Page>
  );
}
