import { Select, Stack, Text, TextInput } from '@mantine/core';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { formatCount, plural } from '../shared/format.ts';
import {
  aimAt,
  aimOf,
  type ColumnMapping,
  changeColumn,
  DATE_FORMATS,
  type Draft,
  type Part,
  ROLES,
  type Target,
  withWord,
} from './mapping-edit.ts';

type Sketch = Draft['parts'][number]['columns'][number];

const LOOKS: Readonly<Record<Sketch['looksLike'], string>> = {
  nothing: 'empty',
  dates: 'dates',
  numbers: 'numbers',
  words: 'few different words',
  text: 'many different texts',
};

interface MappingTableProps {
  readonly part: Part;
  readonly sketches: readonly Sketch[];
  readonly targets: readonly Target[];
  readonly onChange: (part: Part) => void;
}

/** What each column of the file becomes, and how its values are read. */
export function MappingTable({ part, sketches, targets, onChange }: MappingTableProps) {
  const options = [
    { group: 'About the patient', items: Object.entries(ROLES).map(([value, label]) => ({ value, label })) },
    ...[...Map.groupBy(targets, ({ target }) => target.split('.')[0] ?? '')].map(([table, own]) => ({
      group: table.replaceAll('_', ' '),
      items: own.map(({ target, status }) => ({
        value: target,
        label: `${(target.split('.')[1] ?? '').replaceAll('_', ' ')}${status === 'required' ? ' (required)' : ''}`,
      })),
    })),
  ];
  const columns: Column<Sketch>[] = [
    { id: 'column', header: 'Column', width: '20%', cell: ({ name }) => <span className="break">{name}</span> },
    {
      id: 'holds',
      header: 'What stands in it',
      width: '20%',
      cell: ({ looksLike, filled, different }) => (
        <>
          {LOOKS[looksLike]}
          <Text size="xs" className="dimmed">
            {plural(filled, 'value')}, {formatCount(different)} different
          </Text>
        </>
      ),
    },
    {
      id: 'becomes',
      header: 'Becomes',
      width: '30%',
      cell: ({ name }) => {
        const aim = aimOf(part, name);
        // A column that a mapping uses twice (codes of a bundle) is shown, and changed in the mapping's file.
        if (aim.includes(' + ')) return <span className="break">{aim.replaceAll('_', ' ')}</span>;
        return (
          <Select
            aria-label={`${name} becomes`}
            searchable
            allowDeselect={false}
            data={options}
            value={aim}
            onChange={(value) => value !== null && onChange(aimAt(part, name, value))}
          />
        );
      },
    },
    {
      id: 'how',
      header: 'How it is read',
      cell: (sketch) => <HowItIsRead sketch={sketch} part={part} targets={targets} onChange={onChange} />,
    },
  ];
  return <DataTable caption="Columns of the file" columns={columns} rows={sketches} keyOf={({ name }) => name} />;
}

type HowProps = Omit<MappingTableProps, 'sketches'> & { readonly sketch: Sketch };

function HowItIsRead({ sketch: { name, words }, part, targets, onChange }: HowProps) {
  const aim = aimOf(part, name);
  if (aim === 'birth-date') {
    const format = part.birthDate?.dateFormat ?? 'YYYY-MM-DD';
    return (
      <DateForm
        name={name}
        value={format}
        onChange={(dateFormat) => onChange({ ...part, birthDate: { column: name, dateFormat } })}
      />
    );
  }
  const mapped = part.columns.find((one) => one.column === name);
  const target = targets.find((one) => one.target === aim);
  if (mapped === undefined || target === undefined) return null;
  const change = (changes: Partial<ColumnMapping>) => onChange(changeColumn(part, name, aim, changes));
  if (target.kind === 'date')
    return (
      <DateForm
        name={name}
        value={mapped.dateFormat ?? 'YYYY-MM-DD'}
        onChange={(dateFormat) => change({ dateFormat })}
      />
    );
  if (target.kind === 'decimal' || target.kind === 'integer') {
    return (
      <Select
        aria-label={`Decimal sign of ${name}`}
        allowDeselect={false}
        data={[
          { value: '.', label: '63.2' },
          { value: ',', label: '63,2' },
        ]}
        value={mapped.decimal ?? '.'}
        onChange={(value) => change({ decimal: value === ',' ? ',' : '.' })}
      />
    );
  }
  return (
    <Stack gap="xs">
      {words.map((word) => (
        <WordMeaning
          key={word}
          word={word}
          code={mapped.values?.[word]}
          target={target}
          onChange={(code) => change({ values: withWord(mapped.values, word, code) })}
        />
      ))}
    </Stack>
  );
}

function DateForm({
  name,
  value,
  onChange,
}: {
  name: string;
  value: string;
  onChange: (value: (typeof DATE_FORMATS)[number]) => void;
}) {
  return (
    <Select
      aria-label={`Form of the dates of ${name}`}
      allowDeselect={false}
      data={DATE_FORMATS.map((one) => one)}
      value={value}
      onChange={(chosen) => onChange((chosen ?? 'YYYY-MM-DD') as (typeof DATE_FORMATS)[number])}
    />
  );
}

interface WordMeaningProps {
  readonly word: string;
  readonly code: string | undefined;
  readonly target: Target;
  readonly onChange: (code: string | undefined) => void;
}

/** The code one word of a column means; without one the node tries it as a code of a known system. */
function WordMeaning({ word, code, target, onChange }: WordMeaningProps) {
  const codes =
    target.kind === 'boolean'
      ? [
          { value: 'true', label: 'yes' },
          { value: 'false', label: 'no' },
        ]
      : target.codes.map((one) => ({ value: one.code, label: `${one.label} (${one.code})` }));
  if (codes.length === 0) {
    return (
      <TextInput
        label={word}
        placeholder="As it is, or a code"
        value={code ?? ''}
        onChange={({ currentTarget: { value } }) => onChange(value === '' ? undefined : value.trim())}
      />
    );
  }
  return (
    <Select
      label={word}
      placeholder="As it is"
      clearable
      data={[...codes, { value: '', label: 'no value' }].map((one) => ({
        ...one,
        value: one.value === '' ? 'none' : one.value,
      }))}
      value={code === '' ? 'none' : (code ?? null)}
      onChange={(value) => onChange(value === null ? undefined : value === 'none' ? '' : value)}
    />
  );
}
