import { useAnswer } from '../client/queries.ts';
import { may, useUser } from '../client/session.ts';
import { Answered } from '../shared/answered.tsx';
import { Page } from '../shared/page.tsx';
import { Associations } from './associations.tsx';
import { Health } from './health.tsx';
import { HoldingsPanel } from './holdings-panel.tsx';
import { ImportButton } from './import-button.tsx';
import { Imports } from './imports.tsx';
import { FirstStudy, ReceiverPanel } from './receiver-panel.tsx';
import { Throughput } from './throughput.tsx';
import { WayOfObjects } from './way-of-objects.tsx';
import './overview.css';

/** What came in, where it is, what needs a person. */
export function OverviewPage() {
  const overview = useAnswer('getOverview');
  const user = useUser();
  const mayImport = may(user, 'startImport');
  return (
    <Page
      title="Overview"
      subtitle="What came in, where it is now, and what needs you."
      {...(mayImport ? { actions: <ImportButton /> } : {})}
    >
      <Answered query={overview} height={480}>
        {(answer) => (
          <div className="stack">
            <WayOfObjects counts={answer.counts} causes={answer.quarantineByCause} />
            {answer.counts.received === 0 ? (
              <div className="columns columns-main-side">
                <div className="stack">
                  <FirstStudy receiver={answer.receiver} />
                  {answer.associations.length > 0 && <Associations associations={answer.associations} />}
                  {mayImport && <Imports />}
                </div>
                <Health health={answer.health} />
              </div>
            ) : (
              <div className="columns columns-main-side">
                <div className="stack">
                  <Throughput minutes={answer.throughput} />
                  <Associations associations={answer.associations} />
                  {mayImport && <Imports />}
                </div>
                <div className="stack">
                  <Health health={answer.health} />
                  <HoldingsPanel counts={answer.counts} modalities={answer.modalities} />
                  <ReceiverPanel receiver={answer.receiver} />
                </div>
              </div>
            )}
          </div>
        )}
      </Answered>
    </Page>
  );
}
