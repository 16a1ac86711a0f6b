/** The tray menu as data; `main.ts` turns it into Electron's menu. */
export interface TrayEntry {
  readonly label: string;
  readonly action: 'show' | 'quit' | 'none';
  readonly enabled: boolean;
}

export function trayMenu(state: { httpUrl: string; ownsAgent: boolean }): TrayEntry[] {
  return [
    { label: 'Show Gatehouse', action: 'show', enabled: true },
    { label: `Console: ${state.httpUrl}`, action: 'none', enabled: false },
    {
      label: state.ownsAgent ? 'Quit and stop receiving' : 'Close the window (the service keeps running)',
      action: 'quit',
      enabled: true,
    },
  ];
}
