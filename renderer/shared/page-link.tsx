import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Opens a page that the node makes, for reading and printing. */
export function PageLink({ address, children }: { address: string; children: ReactNode }) {
  return (
    <Button
      component="a"
      href={address}
      target="_blank"
      rel="noopener"
      size="xs"
      variant="default"
      leftSection={<IconFileText size={15} aria-hidden />}
    >
      {children}
    </Button>
  );
}
