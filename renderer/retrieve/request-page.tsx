import { useParams } from '@tanstack/react-router';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatCount, formatList, formatTime, plural } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Page } from '../shared/page.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { Progress } from './progress.tsx';
import { RequestActions } from './request-actions.tsx';
import { allStudies, type Request, requestWord, STUDY_WORDS, type Study } from './request-words.ts';
import { StudiesTable } from './studies-table.tsx';
import './retrieve.css';

const EMPTY_SHOWN = 20;

function factsOf(request: Request) {
  const { archive, requestedBy, requestedAt, entries, counted, empty, studies, fetchedBefore } = request;
  const { text, tone } = requestWord(request);
  const states = (Object.keys(STUDY_WORDS) as Study['state'][]).filter((state) => (studies[state] ?? 0) > 0);
  const more = empty.length > EMPTY_SHOWN ? ` and ${formatCount(empty.length - EMPTY_SHOWN)} more` : '';
  return [
    [
      'State',
      <Tag key="state" tone={tone}>
        {text}
      </Tag>,
    ],
    ['PACS', archive],
    ['Asked', `${formatTime(requestedAt)} by ${requestedBy}`],
    [
      'Entries',
      counted < entries ? `${formatCount(counted)} of ${formatCount(entries)} asked about` : formatCount(entries),
    ],
    ...(empty.length === 0
      ? []
      : ([
          [
            'Match nothing',
            `${empty.length === 1 ? 'Entry' : 'Entries'} ${empty.slice(0, EMPTY_SHOWN).join(', ')}${more}`,
          ],
        ] as const)),
    [
      'Studies',
      states.length === 0
        ? 'none'
        : formatList(states.map((state) => `${formatCount(studies[state] ?? 0)} ${STUDY_WORDS[state].text}`)),
    ],
    ...(fetchedBefore === 0 ? [] : ([['Fetched before', plural(fetchedBefore, 'study', 'studies')]] as const)),
    ['Instances', <Progress key="progress" {...request} />],
  ] as const;
}

function NextStep({ request }: { request: Request }) {
  if (request.state === 'failed') {
    return (
      <Notice tone="bad" title="The studies could not be counted">
        {request.sentence} Nothing has moved.
      </Notice>
    );
  }
  if (request.state !== 'counted') return null;
  return allStudies(request) === 0 ? (
    <Notice tone="warning" title="Nothing matches">
      The PACS knows no study that fits. Look at what was asked for, and ask again.
    </Notice>
  ) : (
    <Notice tone="accent" title="Nothing has moved yet">
      Look at what was found, then have it fetched.
    </Notice>
  );
}

/** One request: what it found, how far each study is, and what can be done. */
export function RequestPage() {
  const { requestId } = useParams({ from: '/retrieve/$requestId' });
  const query = useAnswer('getRetrieveRequest', { params: { id: requestId } });
  return (
    <Page
      title="Request"
      back={{ to: '/retrieve', label: 'Retrieve' }}
      {...(query.data ? { actions: <RequestActions request={query.data} /> } : {})}
    >
      <Answered query={query} height={320}>
        {(request) => (
          <div className="stack">
            <NextStep request={request} />
            <Panel title="What was asked for">
              <Facts facts={factsOf(request)} />
            </Panel>
            {allStudies(request) > 0 && <StudiesTable request={request} />}
          </div>
        )}
      </Answered>
    </Page>
  );
}
