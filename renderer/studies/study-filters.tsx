import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import type { Answer } from '../client/call.ts';
import { useAnswer } from '../client/queries.ts';
import { formatCount } from '../shared/format.ts';
import { MoreFilters } from './more-filters.tsx';
import type { StudySearch } from './study-search.ts';

const FACETS = [
  ['modality', 'Modality'],
  ['bodyPart', 'Body part'],
  ['sex', 'Sex'],
  ['manufacturer', 'Manufacturer'],
] as const;
const TYPING_MILLISECONDS = 250;

function optionsOf(values: Answer<'getFacets'>['modality'] | undefined, chosen: string | undefined) {
  const options = (values ?? []).map((facet) => ({
    value: facet.value,
    label: `${facet.label} (${formatCount(facet.studies)})`,
  }));
  // A filter from an address stays visible although the index no longer knows the value.
  if (chosen !== undefined && !options.some((option) => option.value === chosen)) {
    options.push({ value: chosen, label: `${chosen} (0)` });
  }
  return options;
}

/** Search and filters; every change is in the address at once. */
export function StudyFilters({ search, onChange }: { search: StudySearch; onChange: (search: StudySearch) => void }) {
  const facets = useAnswer('getFacets', { query: { ...search } }).data;
  const [text, setText] = useState(search.search ?? '');
  // What was typed last comes back through the address while more is being typed; anything else comes from elsewhere.
  const typed = useRef(search.search);
  useEffect(() => {
    if (search.search !== typed.current) setText(search.search ?? '');
    typed.current = search.search;
  }, [search.search]);
  const set = (name: keyof StudySearch, value: string | null) => {
    const { [name]: _, ...others } = search;
    onChange(value === null || value === '' ? others : { ...others, [name]: value });
  };
  const setSearch = useDebouncedCallback((value: string) => {
    typed.current = value === '' ? undefined : value;
    set('search', value);
  }, TYPING_MILLISECONDS);
  return (
    <search className="filters">
      <TextInput
        className="filters-text"
        type="search"
        aria-label="Search studies"
        placeholder="Words, pseudonym or UID"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        maxLength={200}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setSearch(event.currentTarget.value);
        }}
      />
      {FACETS.map(([name, label]) => (
        <Select
          key={name}
          aria-label={label}
          placeholder={label}
          data={optionsOf(facets?.[name], search[name])}
          value={search[name] ?? null}
          onChange={(value) => set(name, value)}
          clearable
          clearButtonProps={{ 'aria-label': `Clear the filter ${label}` }}
          searchable
          nothingFoundMessage="No such value in the index"
        />
      ))}
      <MoreFilters search={search} onChange={onChange} />
      {Object.keys(search).length > 0 && (
        <Button variant="subtle" onClick={() => onChange({})}>
          Clear
        </Button>
      )}
    </search>
  );
}
