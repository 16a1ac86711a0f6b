import type { ReactNode } from 'react';
import './figures.css';

interface Figure {
  readonly label: string;
  readonly value: ReactNode;
  readonly hint?: string;
}

/** A row of figures with their names. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl className="figures">
      {figures.map((figure) => (
        <div key={figure.label} className="figure">
          <dt>{figure.label}</dt>
          <dd className="number">{figure.value}</dd>
          {figure.hint !== undefined && <dd className="figure-hint">{figure.hint}</dd>}
        </div>
      ))}
    </dl>
  );
}
