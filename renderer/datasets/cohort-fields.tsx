import { MultiSelect, TextInput } from '@mantine/core';
import type { Answer } from '../client/call.ts';
import { formatCount } from '../shared/format.ts';
import type { DatasetDraft } from './draft.ts';

type CohortQuery = DatasetDraft['query'];

const FILTERS = [
  ['modality', 'Modality'],
  ['bodyPart', 'Body part'],
  ['sex', 'Sex'],
  ['manufacturer', 'Manufacturer'],
] as const;

interface CohortFieldsProps {
  readonly facets: Answer<'getFacets'> | undefined;
  readonly query: CohortQuery;
  readonly onChange: (query: CohortQuery) => void;
}

/** The filters of a cohort; values are those of the index, with the number of studies. */
export function CohortFields({ facets, query, onChange }: CohortFieldsProps) {
  const set = (name: keyof CohortQuery, value: string | string[]) => {
    const { [name]: _, ...others } = query;
    onChange(value.length === 0 ? others : { ...others, [name]: value });
  };
  return (
    <div className="columns columns-two">
      {FILTERS.map(([name, label]) => (
        <MultiSelect
          key={name}
          label={label}
          placeholder={query[name] === undefined ? 'Any' : ''}
          data={(facets?.[name] ?? []).map((facet) => ({
            value: facet.value,
            label: `${facet.label} (${formatCount(facet.studies)})`,
          }))}
          value={query[name] ?? []}
          onChange={(value) => set(name, value)}
          searchable
          hidePickedOptions
          clearable
          clearButtonProps={{ 'aria-label': `Clear ${label}` }}
          nothingFoundMessage="No such value in the index"
        />
      ))}
      <TextInput
        label="Text"
        description="Words of descriptions and labels, or the beginning of a pseudonym or UID"
        value={query.search ?? ''}
        maxLength={200}
        onChange={(event) => set('search', event.currentTarget.value)}
      />
    </div>
  );
}
