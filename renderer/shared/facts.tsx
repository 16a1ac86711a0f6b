import type { ReactNode } from 'react';
import './facts.css';

/** Names and their values, one per line. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value ?? <span className="dimmed">none</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
