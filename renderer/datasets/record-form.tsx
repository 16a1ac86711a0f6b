import { Button, Fieldset } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Tag } from '../shared/tag.tsx';
import {
  defaultLabels,
  describe,
  emptyValue,
  type Fields,
  type FieldValue,
  isShownAtFirst,
  type Property,
  type RecordTable,
  withValues,
} from './record-form-fields.ts';
import { ConceptValues, RemoveButton, TextValue } from './record-form-value.tsx';
import './record-form.css';

export interface FormContext {
  readonly table: RecordTable;
  readonly labels: Readonly<Record<string, string>>;
  /** From the index; shown, not typed. */
  readonly computed: Fields;
  /** Answers that stand where this form has none. */
  readonly fallback: Fields;
  readonly fallbackName: string;
  readonly disabled: boolean;
  /** Also what is optional. */
  readonly everything: boolean;
}

interface PropertiesProps {
  readonly context: FormContext;
  readonly properties: readonly Property[];
  readonly fields: Fields;
  readonly onChange: (fields: Fields) => void;
  /** Of the resource they are inside, for names that are unique on the page. */
  readonly inside?: string;
}

/** Every property in the order of the table, each with its obligation, its help and a way to answer. */
export function RecordProperties({ context, properties, fields, onChange, inside }: PropertiesProps) {
  const shown = properties.filter((property) => context.everything || isShownAtFirst(property, fields) || inside);
  return (
    <div className="record-properties">
      {shown.map((property) => (
        <RecordProperty
          key={property.iri}
          context={context}
          property={property}
          values={fields[property.iri] ?? []}
          inside={inside}
          onChange={(values) => onChange(withValues(fields, property.iri, values))}
        />
      ))}
    </div>
  );
}

const LEVELS = {
  mandatory: { tone: 'accent', word: 'mandatory' },
  recommended: { tone: 'info', word: 'recommended' },
  conditional: { tone: 'neutral', word: 'if it applies' },
  optional: { tone: 'neutral', word: 'optional' },
} as const;

interface PropertyProps {
  readonly context: FormContext;
  readonly property: Property;
  readonly values: readonly FieldValue[];
  readonly inside: string | undefined;
  readonly onChange: (values: readonly FieldValue[]) => void;
}

function RecordProperty({ context, property, values, inside, onChange }: PropertyProps) {
  const { tone, word } = LEVELS[property.level];
  const label = inside === undefined ? property.name : `${property.name}, ${inside}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset draws a frame; this one groups the inputs of one property
    <div role="group" aria-label={label} className="record-property" data-property={property.iri}>
      <div className="record-head">
        <span className="record-name">{property.name}</span>
        <Tag tone={tone}>{word}</Tag>
        <span className="record-iri">{property.iri}</span>
      </div>
      <p className="record-help">{property.help}</p>
      {property.origin === 'asked' ? (
        <Asked context={context} property={property} values={values} label={label} onChange={onChange} />
      ) : (
        <Computed context={context} property={property} />
      )}
    </div>
  );
}

/** What nobody types: the values, and where they come from. */
function Computed({ context, property }: { readonly context: FormContext; readonly property: Property }) {
  const { table, labels, computed } = context;
  const values = computed[property.iri] ?? [];
  const words = values.map((value) => describe(table, property, value, labels));
  const fixed = property.origin === 'fixed' ? defaultLabels(table, property) : [];
  const shown = [...words, ...fixed];
  return (
    <div className="record-computed">
      <p className="record-computed-value">
        {shown.length > 0 ? shown.join(' · ') : <span className="dimmed">No value that may be shown</span>}
      </p>
      <p className="record-source">
        {property.origin === 'fixed' ? 'Fixed' : 'Computed'}. {property.source}
      </p>
    </div>
  );
}

interface AskedProps extends Omit<PropertyProps, 'inside'> {
  readonly label: string;
}

function Asked(props: AskedProps) {
  const { context, property, values, label, onChange } = props;
  const { disabled } = context;
  if (property.shape !== undefined) return <Resources {...props} />;
  if (property.value === 'concept') {
    return (
      <>
        <ConceptValues
          table={context.table}
          property={property}
          label={label}
          value={values.filter((value) => typeof value === 'string')}
          onChange={onChange}
          disabled={disabled}
          placeholder={disabled ? '' : 'Choose from the list'}
        />
        {values.length === 0 && <Fallback context={context} property={property} />}
      </>
    );
  }
  const shown = values.length === 0 ? [emptyValue(property)] : values;
  const replace = (index: number, next: FieldValue) => onChange(shown.map((one, at) => (at === index ? next : one)));
  return (
    <>
      {shown.map((value, index) => (
        <TextValue
          // biome-ignore lint/suspicious/noArrayIndexKey: values have no names of their own, and are edited in place
          key={index}
          property={property}
          label={shown.length > 1 ? `${label} ${index + 1}` : label}
          value={value}
          disabled={disabled}
          onChange={(next) => replace(index, next)}
          onRemove={values.length > 1 ? () => onChange(values.filter((_, at) => at !== index)) : undefined}
        />
      ))}
      {values.length === 0 && <Fallback context={context} property={property} />}
      {property.max === null && !disabled && values.length > 0 && (
        <AddButton
          label={`Another: ${property.name.toLowerCase()}`}
          onClick={() => onChange([...values, emptyValue(property)])}
        />
      )}
    </>
  );
}

/** What stands in the record while nothing is answered here. */
function Fallback({ context, property }: { readonly context: FormContext; readonly property: Property }) {
  const { table, labels, fallback, fallbackName } = context;
  const values = fallback[property.iri] ?? [];
  const words =
    values.length > 0
      ? values.map((value) => describe(table, property, value, labels))
      : defaultLabels(table, property);
  if (words.length === 0) return null;
  return (
    <p className="record-source">
      {values.length > 0 ? fallbackName : 'Unless you choose otherwise'}: {words.join(' · ')}
    </p>
  );
}

/** Resources inside the resource, each with its own properties. */
function Resources({ context, property, values, label, onChange }: AskedProps) {
  const shape = context.table.shapes[property.shape ?? ''];
  if (shape === undefined) return null;
  const more = !context.disabled && (property.max === null || values.length < property.max);
  return (
    <>
      {values.map((value, index) => (
        <Fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: resources have no names of their own, and are edited in place
          key={index}
          className="record-resource"
          legend={
            <span className="record-legend">
              {property.name}
              {values.length > 1 ? ` ${index + 1}` : ''}
              {!context.disabled && (
                <RemoveButton
                  label={`Remove this ${label}`}
                  onClick={() => onChange(values.filter((_, at) => at !== index))}
                />
              )}
            </span>
          }
        >
          <RecordProperties
            context={{ ...context, computed: {}, fallback: {} }}
            properties={shape.properties.filter(
              (inner) => context.everything || inner.level !== 'optional' || inner.iri in (value as Fields),
            )}
            fields={value as Fields}
            inside={values.length > 1 ? `${label} ${index + 1}` : label}
            onChange={(next) => onChange(values.map((one, at) => (at === index ? next : one)))}
          />
        </Fieldset>
      ))}
      {values.length === 0 && <Fallback context={context} property={property} />}
      {more && (
        <AddButton
          label={`${values.length === 0 ? 'Answer' : 'Another'}: ${property.name.toLowerCase()}`}
          onClick={() => onChange([...values, {}])}
        />
      )}
    </>
  );
}

function AddButton({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <div>
      <Button variant="subtle" size="compact-sm" leftSection={<IconPlus size={14} />} onClick={onClick}>
        {label}
      </Button>
    </div>
  );
}
