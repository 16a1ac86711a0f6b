import { type EventStream, useConnection } from '../client/events.ts';

/** Whether what is on screen is live. */
export function ConnectionState({ stream }: { stream: EventStream }) {
  const connection = useConnection(stream);
  return (
    <div role="status">
      {connection === 'lost' ? (
        <div className="connection connection-lost tone-bad">
          <span className="tag-dot" aria-hidden />
          <span>Connection to the node lost. Figures may be old; trying again.</span>
        </div>
      ) : (
        <div className={`connection ${connection === 'open' ? 'tone-good' : 'tone-neutral'}`}>
          <span className="tag-dot" aria-hidden />
          <span>{connection === 'open' ? 'Live' : 'Connecting'}</span>
        </div>
      )}
    </div>
  );
}
