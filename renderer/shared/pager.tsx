import { Button, Group, Text } from '@mantine/core';
import { formatCount } from './format.ts';

interface PagerProps {
  readonly total: number;
  readonly offset: number;
  readonly size: number;
  readonly onChange: (offset: number) => void;
}

/** Goes through a list page by page; nothing where it has one page. */
export function Pager({ total, offset, size, onChange }: PagerProps) {
  if (total <= size && offset === 0) return null;
  const last = Math.min(offset + size, total);
  return (
    <Group justify="flex-end" gap="sm" px={16} py={8}>
      <Text size="sm" c="dimmed">
        {formatCount(offset + 1)} to {formatCount(last)} of {formatCount(total)}
      </Text>
      <Button
        size="compact-sm"
        variant="default"
        disabled={offset === 0}
        onClick={() => onChange(Math.max(0, offset - size))}
      >
        Previous
      </Button>
      <Button size="compact-sm" variant="default" disabled={last >= total} onClick={() => onChange(offset + size)}>
        Next
      </Button>
    </Group>
  );
}
