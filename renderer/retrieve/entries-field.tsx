import { Textarea } from '@mantine/core';
import { plural } from '../shared/format.ts';
import { linesOf } from './request-words.ts';

interface EntriesFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Identifiers, one a line, with their number. */
export function EntriesField({ label, value, onChange }: EntriesFieldProps) {
  const count = linesOf(value).length;
  return (
    <Textarea
      label={label}
      description={count === 0 ? 'One a line' : `One a line; ${plural(count, 'entry', 'entries')}`}
      autosize
      minRows={1}
      maxRows={6}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
