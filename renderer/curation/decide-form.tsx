import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { useAction, useAnswer } from '../client/queries.ts';
import { formatAttribute, plural } from '../shared/format.ts';
import { ProblemNotice } from '../shared/problem-notice.tsx';
import { announce } from '../shared/toast.tsx';
import type { Pattern } from './pattern.ts';

const NONE = 'none';

/** Chooses a concept for a pattern: a candidate, any other, or none of them. */
export function DecideForm({ pattern }: { pattern: Pattern }) {
  const { attribute, patternId, candidates } = pattern;
  const concepts = useAnswer('listCurationConcepts', { params: { attribute } });
  const [chosen, setChosen] = useState<string | null>(candidates[0]?.code ?? null);
  const settle = useAction('settleCuration', ({ series }) =>
    announce(`Settled for ${plural(series, 'series', 'series')}, and for those to come.`),
  );
  const likely = new Set(candidates.map(({ code }) => code));
  const others = (concepts.data ?? []).filter(({ code }) => !likely.has(code));
  const option = ({ code, label }: { code: string; label: string }) => ({ value: code, label });
  return (
    <form
      className="curation-decision"
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen === null) return;
        settle.mutate({ params: { id: patternId }, body: { code: chosen === NONE ? null : chosen } });
      }}
    >
      <Select
        size="xs"
        label={`${formatAttribute(attribute)} of these series`}
        description="Choose what a radiographer would say of every series that is called and made like this."
        placeholder="Choose a concept"
        searchable
        value={chosen}
        onChange={setChosen}
        data={[
          ...(candidates.length > 0 ? [{ group: 'Candidates', items: candidates.map(option) }] : []),
          { group: 'All others', items: [...others.map(option), { value: NONE, label: 'None of these' }] },
        ]}
      />
      <Button size="xs" type="submit" disabled={chosen === null} loading={settle.isPending}>
        Settle
      </Button>
      {settle.error !== null && <ProblemNotice error={settle.error} />}
    </form>
  );
}
