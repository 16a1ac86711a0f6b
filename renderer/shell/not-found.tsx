import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { Empty } from '../shared/empty.tsx';
import { Page } from '../shared/page.tsx';

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <Page title="Not found">
      <Empty
        icon={IconMapOff}
        title="There is no such screen"
        action={
          <Button component={Link} to="/" variant="default">
            Go to the overview
          </Button>
        }
      >
        The address may be mistyped, or it comes from another version of the console.
      </Empty>
    </Page>
  );
}
