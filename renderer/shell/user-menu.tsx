import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { IconLogout, IconSelector, IconUserCircle } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useAction } from '../client/queries.ts';
import { useUser } from '../client/session.ts';

const SCHEMES: readonly { value: MantineColorScheme; label: string }[] = [
  { value: 'light', label: 'Light colours' },
  { value: 'dark', label: 'Dark colours' },
  { value: 'auto', label: 'Colours of the system' },
];

/** Who is signed in, colour scheme, sign out. */
export function UserMenu() {
  const user = useUser();
  const client = useQueryClient();
  // Nothing the last user saw stays in memory for the next one.
  const signOut = useAction('signOut', () =>
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'getSession' }),
  );
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="top-start" width={208}>
      <Menu.Target>
        <UnstyledButton className="user-button">
          <IconUserCircle size={22} stroke={1.6} aria-hidden />
          <span className="user-name">
            <span className="clip">{user.name}</span>
            <span className="user-role">{user.role}</span>
            <VisuallyHidden>User menu</VisuallyHidden>
          </span>
          <IconSelector size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup value={colorScheme} onChange={(value) => setColorScheme(value as MantineColorScheme)}>
          {SCHEMES.map(({ value, label }) => (
            <Menu.RadioItem key={value} value={value}>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => signOut.mutate({})}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
