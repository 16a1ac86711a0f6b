import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '../client/call.ts';
import { Ago } from '../shared/ago.tsx';
import { Answered } from '../shared/answered.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatCount, formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';
import { ConformanceLink } from './conformance-link.tsx';

type Receiver = Answer<'getReceiver'>;

const CERTIFICATES = {
  none: 'not asked for',
  optional: 'asked for, not required',
  required: 'required',
} as const;
const DAY_MS = 24 * 3600 * 1000;
const WARN_BEFORE_DAYS = 30;

function Validity({ validTo }: { validTo: string }) {
  const days = (Date.parse(validTo) - Date.now()) / DAY_MS;
  const tone = days < 0 ? 'bad' : days < WARN_BEFORE_DAYS ? 'warning' : 'good';
  return (
    <>
      <Tag tone={tone}>{days < 0 ? 'expired' : tone === 'warning' ? 'expires soon' : 'valid'}</Tag> until{' '}
      {formatTime(validTo)}
    </>
  );
}

function factsOf({ aeTitle, port, openAssociations, tls }: Receiver) {
  const mono = (text: string | number) => <span className="mono break">{text}</span>;
  return [
    ['AE title', mono(aeTitle)],
    ['Plain port', mono(port)],
    ['TLS port', tls ? mono(tls.port) : 'closed; setting dicom.tlsPort opens it'],
    ['Open associations', formatCount(openAssociations)],
    ...(tls
      ? ([
          ['Certificate', <Validity key="validity" validTo={tls.certificate.validTo} />],
          ['Its SHA-256', mono(tls.certificate.fingerprint)],
          ['Certificates of peers', CERTIFICATES[tls.clientCertificates]],
        ] as const)
      : []),
  ] as const;
}

/** What the receiver does now, and what stands in its way. */
export function ReceiverState({ query }: { query: UseQueryResult<Receiver> }) {
  return (
    <Answered query={query}>
      {(receiver) => (
        <div className="stack">
          {receiver.paused !== null && (
            <Notice tone="warning" title={`Paused by ${receiver.paused.by}`}>
              Paused <Ago at={receiver.paused.at} />. New associations are refused for the time being, also after a
              restart; senders try again by themselves. Open associations go on.
            </Notice>
          )}
          {receiver.paused === null && receiver.refusing !== null && (
            <Notice tone="bad" title="Nothing new is taken">
              {receiver.refusing}
            </Notice>
          )}
          {receiver.tls?.problem && (
            <Notice tone="bad" title="The renewed certificate is not in use">
              {receiver.tls.problem}
            </Notice>
          )}
          <Panel title="This node" action={<ConformanceLink />}>
            <Facts facts={factsOf(receiver)} />
          </Panel>
        </div>
      )}
    </Answered>
  );
}
