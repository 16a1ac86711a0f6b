/**
 * What the window may do, as data (Electron security checklist): no Node in the page, isolation and sandbox on, no
 * navigation away from the console, no new windows, no permissions.
 */
export const WEB_PREFERENCES = {
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false,
} as const;

export const WINDOW = { width: 1360, height: 900, minWidth: 1024, minHeight: 700, title: 'Gatehouse' } as const;

/** True for pages of the console itself; everything else is opened in no window. */
export function mayNavigate(consoleUrl: string, target: string): boolean {
  try {
    return new URL(target).origin === new URL(consoleUrl).origin;
  } catch {
    return false;
  }
}

/** The page never needs camera, location, notifications of its own or any other permission. */
export function mayUsePermission(): boolean {
  return false;
}

/** A link that may be handed to the browser of the system: only web pages, never files or programs. */
export function mayOpenOutside(target: string): boolean {
  try {
    return new URL(target).protocol === 'https:';
  } catch {
    return false;
  }
}
