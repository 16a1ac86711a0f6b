import { Button } from '@mantine/core';
import { IconFileText } from '@tabler/icons-react';
import { requestPath } from '../client/request-path.ts';

/** Opens the DICOM Conformance Statement of this node, for reading and printing. */
export function ConformanceLink() {
  return (
    <Button
      component="a"
      href={requestPath('/conformance-statement')}
      target="_blank"
      rel="noopener"
      size="xs"
      variant="default"
      leftSection={<IconFileText size={15} aria-hidden />}
    >
      Conformance statement
    </Button>
  );
}
