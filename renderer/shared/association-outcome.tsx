import { Tag } from './tag.tsx';

interface AssociationOutcomeProps {
  readonly association: { readonly outcome: string | null; readonly failures: number };
}

/** How an association ended, or that it has not. */
export function AssociationOutcome({ association: { outcome, failures } }: AssociationOutcomeProps) {
  if (outcome === null)
    return (
      <Tag tone="info" dot>
        receiving
      </Tag>
    );
  const good = outcome.startsWith('released') && failures === 0;
  return good ? (
    <Tag tone="good">{outcome}</Tag>
  ) : (
    <span className="break" title={outcome}>
      {outcome}
    </span>
  );
}
