import { ActionIcon, Button, Group, MultiSelect, Select, Textarea, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { type FieldValue, isWorded, type Property, type RecordTable } from './record-form-fields.ts';

const LANGUAGES = ['en bg cs da de el es et fi fr ga hr hu it lt lv mt nl no pl pt ro sk sl sv'.split(' ')].flat();
const LONG: ReadonlySet<string> = new Set([
  'dct:description',
  'rdfs:label',
  'healthdcatap:populationCoverage',
  'adms:versionNotes',
]);
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  iri: 'https://',
  mailto: 'office@example.org',
  date: '2026-11-28, 2026-11 or 2026',
  decimal: '0.0005',
  duration: 'P1D',
};

interface ValueProps<Value> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly disabled: boolean;
}

/** One text, with its language where it has one. */
export function TextValue({
  property,
  label,
  value,
  onChange,
  onRemove,
  disabled,
}: ValueProps<FieldValue> & { readonly property: Property; readonly onRemove?: (() => void) | undefined }) {
  const text = typeof value === 'string' ? value : isWorded(value) ? value.text : '';
  const language = typeof value !== 'string' && isWorded(value) ? value.language : undefined;
  const change = (next: string) => onChange(language === undefined ? next : { text: next, language });
  const common = {
    'aria-label': label,
    value: text,
    disabled,
    className: 'record-text',
    placeholder: PLACEHOLDERS[property.value] ?? '',
    onChange: (event: { currentTarget: { value: string } }) => change(event.currentTarget.value),
  };
  return (
    <div className="record-value">
      {LONG.has(property.iri) ? (
        <Textarea {...common} autosize minRows={2} maxLength={8000} />
      ) : (
        <TextInput {...common} maxLength={2000} inputMode={property.value === 'integer' ? 'numeric' : 'text'} />
      )}
      {language !== undefined && (
        <Select
          aria-label={`Language of ${label}`}
          className="record-language"
          data={LANGUAGES.includes(language) ? LANGUAGES : [language, ...LANGUAGES]}
          value={language}
          disabled={disabled}
          allowDeselect={false}
          onChange={(next) => onChange({ text, language: next ?? 'en' })}
        />
      )}
      {onRemove !== undefined && !disabled && <RemoveButton label={`Remove this ${label}`} onClick={onRemove} />}
    </div>
  );
}

export function RemoveButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick} size="input-sm">
      <IconX size={16} />
    </ActionIcon>
  );
}

/** Choices of a list; where the list is open, an address that is not on it can be added. */
export function ConceptValues({
  table,
  property,
  label,
  value,
  onChange,
  disabled,
  placeholder,
}: ValueProps<readonly string[]> & {
  readonly table: RecordTable;
  readonly property: Property;
  readonly placeholder: string;
}) {
  const vocabulary = table.vocabularies[property.vocabulary ?? ''];
  const known = vocabulary?.values ?? [];
  const unknown = value.filter((one) => !known.some(({ iri }) => iri === one));
  const data = [
    ...known.map(({ iri, label: words }) => ({ value: iri, label: words })),
    ...unknown.map((iri) => ({ value: iri, label: iri })),
  ];
  const single = property.max === 1;
  return (
    <div className="record-concepts">
      {single ? (
        <Select
          aria-label={label}
          data={data}
          value={value[0] ?? null}
          placeholder={placeholder}
          onChange={(next) => onChange(next === null ? [] : [next])}
          searchable
          clearable
          disabled={disabled}
        />
      ) : (
        <MultiSelect
          aria-label={label}
          data={data}
          value={[...value]}
          placeholder={value.length === 0 ? placeholder : ''}
          onChange={onChange}
          searchable
          clearable
          disabled={disabled}
        />
      )}
      {vocabulary?.closed === false && !disabled && (
        <OtherConcept
          label={label}
          base={vocabulary.base[0] ?? ''}
          onAdd={(iri) => onChange(single ? [iri] : [...value, iri])}
        />
      )}
    </div>
  );
}

function OtherConcept({
  label,
  base,
  onAdd,
}: {
  readonly label: string;
  readonly base: string;
  readonly onAdd: (iri: string) => void;
}) {
  const [text, setText] = useState('');
  const add = () => {
    if (text.trim() === '') return;
    onAdd(text.trim());
    setText('');
  };
  return (
    <Group gap="xs" wrap="nowrap">
      <TextInput
        className="record-text"
        aria-label={`Another value of ${label}, by its address`}
        placeholder={`Another one, by its address: ${base}…`}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          add();
        }}
      />
      <Button variant="default" onClick={add} disabled={text.trim() === ''}>
        Add
      </Button>
    </Group>
  );
}
