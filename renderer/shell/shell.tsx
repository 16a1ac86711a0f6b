import { AppShell } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { EventStream } from '../client/events.ts';
import { Toast } from '../shared/toast.tsx';
import { Brand } from './brand.tsx';
import { ConnectionState } from './connection-state.tsx';
import { Navigation } from './navigation.tsx';
import { UserMenu } from './user-menu.tsx';
import './shell.css';

/** The frame of every screen: navigation, connection, user, and the screen itself. */
export function Shell() {
  const client = useQueryClient();
  const [stream] = useState(() => new EventStream(client));
  useEffect(() => stream.start(), [stream]);
  useFocusOnNavigation();
  return (
    <AppShell navbar={{ width: 224, breakpoint: 0 }} padding={0} withBorder={false} transitionDuration={0}>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <AppShell.Navbar className="rail" aria-label="Main">
        <Brand />
        <Navigation />
        <div className="rail-foot">
          <ConnectionState stream={stream} />
          <UserMenu />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className="screen">
        <Outlet />
      </AppShell.Main>
      <Toast />
    </AppShell>
  );
}

/** After a change of screen the focus goes to its heading, so that reading starts there; not on the first load. */
function useFocusOnNavigation(): void {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe('onRendered', ({ fromLocation, pathChanged }) => {
        if (fromLocation === undefined || !pathChanged) return;
        document.getElementById('page-title')?.focus({ preventScroll: true });
      }),
    [router],
  );
}
