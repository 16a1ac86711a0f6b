import { Button, Group, Modal, MultiSelect, NumberInput, Stack } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useState } from 'react';
import { useAnswer } from '../client/queries.ts';
import { Answered } from '../shared/answered.tsx';
import { formatAttribute, formatCount } from '../shared/format.ts';
import { type CohortQuery, furtherOf, queryOf, type StudySearch, searchOf } from './study-search.ts';

type Range = 'ageFrom' | 'ageTo' | 'yearFrom' | 'yearTo';
const RANGES: readonly (readonly [Range, string])[] = [
  ['ageFrom', 'Age from'],
  ['ageTo', 'Age to'],
  ['yearFrom', 'Study year from'],
  ['yearTo', 'Study year to'],
];

interface MoreFiltersProps {
  readonly search: StudySearch;
  readonly onChange: (search: StudySearch) => void;
}

/** Filters that are wanted less often: ages, years, and what harmonising found out about the series. */
export function MoreFilters({ search, onChange }: MoreFiltersProps) {
  const [opened, setOpened] = useState(false);
  const further = Object.keys(furtherOf(search.filter)).length;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        {further === 0 ? 'More filters' : `More filters (${further})`}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="More filters">
        {opened && <MoreFiltersForm search={search} onChange={onChange} onClose={() => setOpened(false)} />}
      </Modal>
    </>
  );
}

function MoreFiltersForm({ search, onChange, onClose }: MoreFiltersProps & { readonly onClose: () => void }) {
  const [query, setQuery] = useState<CohortQuery>(queryOf(search));
  const facets = useAnswer('getFacets', { query: { ...search, attributes: 'true' } });
  const setAttribute = (attribute: string, values: string[]) => {
    const { [attribute]: _, ...others } = query.attributes ?? {};
    const attributes = values.length === 0 ? others : { ...others, [attribute]: values };
    setQuery({ ...query, attributes: Object.keys(attributes).length === 0 ? undefined : attributes });
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(searchOf(query));
        onClose();
      }}
    >
      <Stack>
        <div className="columns columns-two">
          {RANGES.map(([name, label]) => (
            <NumberInput
              key={name}
              label={label}
              description={name.startsWith('age') ? 'Completed years at the study' : 'Of the shifted date'}
              value={query[name] ?? ''}
              min={0}
              max={name.startsWith('age') ? 150 : 2300}
              allowDecimal={false}
              onChange={(value) => setQuery({ ...query, [name]: typeof value === 'number' ? value : undefined })}
            />
          ))}
        </div>
        <Answered query={facets} height={80}>
          {({ attributes }) =>
            attributes.map(({ attribute, values }) => (
              <MultiSelect
                key={attribute}
                label={formatAttribute(attribute)}
                placeholder={query.attributes?.[attribute] === undefined ? 'Any' : ''}
                data={values.map(({ value, label, studies }) => ({
                  value,
                  label: `${label} (${formatCount(studies)})`,
                }))}
                value={query.attributes?.[attribute] ?? []}
                onChange={(chosen) => setAttribute(attribute, chosen)}
                clearable
                clearButtonProps={{ 'aria-label': `Clear ${formatAttribute(attribute)}` }}
              />
            ))
          }
        </Answered>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">Show studies</Button>
        </Group>
      </Stack>
    </form>
  );
}
