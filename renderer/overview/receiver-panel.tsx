import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Answer } from '../client/call.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { Facts } from '../shared/facts.tsx';
import { formatTime } from '../shared/format.ts';
import { Notice } from '../shared/notice.tsx';
import { Panel } from '../shared/panel.tsx';

type Receiver = Answer<'getOverview'>['receiver'];

function Destination({ receiver }: { receiver: Receiver }) {
  return (
    <Facts
      facts={[
        [
          'AE title',
          <span className="copyable" key="title">
            <strong className="mono">{receiver.aeTitle}</strong>
            <CopyButton value={receiver.aeTitle} name="the AE title" />
          </span>,
        ],
        [
          'Port',
          <strong className="mono" key="port">
            {receiver.port}
          </strong>,
        ],
        ...(receiver.tls
          ? ([
              [
                'TLS port',
                <strong className="mono" key="tls">
                  {receiver.tls.port}
                </strong>,
              ],
              ['Certificate', `valid until ${formatTime(receiver.tls.certificate.validTo)}`],
            ] as const)
          : []),
        ['Host', 'the address of this computer in your network'],
      ]}
    />
  );
}

function Listening({ receiver }: { receiver: Receiver }) {
  if (receiver.listening && receiver.refusing !== null) {
    return (
      <Notice tone="warning" title={receiver.paused ? `Paused by ${receiver.paused.by}` : 'Nothing new is taken'}>
        {receiver.refusing}
      </Notice>
    );
  }
  if (receiver.listening) return null;
  return (
    <Notice tone="bad" title="The receiver does not listen">
      Nothing can be sent to this node now. See Health for the reason.
    </Notice>
  );
}

/** What to enter in the PACS. */
export function ReceiverPanel({ receiver }: { receiver: Receiver }) {
  return (
    <Panel title="Point your PACS here" description="Enter this as a DICOM destination (C-STORE).">
      <Listening receiver={receiver} />
      <Destination receiver={receiver} />
    </Panel>
  );
}

/** The first start: nothing has arrived, so the whole screen says how to send something. */
export function FirstStudy({ receiver }: { receiver: Receiver }) {
  return (
    <Panel
      title="Send the first study"
      description="Nothing has arrived yet. Four steps, and this page comes alive by itself."
    >
      <Listening receiver={receiver} />
      <ol className="first-steps">
        <li>
          <h3>Add this node as a destination</h3>
          <Destination receiver={receiver} />
        </li>
        <li>
          <h3>Allow the PACS</h3>
          <p>
            At first only this computer may send. Add the PACS under{' '}
            <Anchor component={Link} to="/receiver" inherit underline="always">
              Receiver
            </Anchor>
            , or let it knock once and allow it there with one click.
          </p>
        </li>
        <li>
          <h3>Test it</h3>
          <p>
            Use the PACS's own connection test (C-ECHO, sometimes called "verify" or "DICOM ping"). A firewall between
            the two must let port {receiver.port} through to this computer.
          </p>
        </li>
        <li>
          <h3>Send one study</h3>
          <p>
            Every image type is accepted. Names are taken out and dates shifted here before anything is indexed; what
            raises a doubt waits in quarantine with the reason.
          </p>
        </li>
      </ol>
    </Panel>
  );
}
