/**
 * The desktop window: starts or attaches to the agent and shows its console. The only file that
 * imports electron; everything that can be decided without it lives in the modules beside it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { app, BrowserWindow, dialog, Menu, nativeImage, session, shell, Tray } from 'electron';
import { AgentLink, type AgentProcess } from './agent-link.ts';
import { TRAY_ICON } from './tray-icon.ts';
import { trayMenu } from './tray-menu.ts';
import { mayNavigate, mayOpenOutside, mayUsePermission, WEB_PREFERENCES, WINDOW } from './window-policy.ts';

const { GATEHOUSE_DATA_DIR: dataFolder = '', GATEHOUSE_AGENT_COMMAND: agentCommand = '[]' } = process.env;
let window: BrowserWindow | undefined;
let tray: Tray | undefined;

const link = new AgentLink({
  dataFolder,
  spawnAgent: () => {
    const [program = process.execPath, ...words] = JSON.parse(agentCommand) as string[];
    const { GATEHOUSE_AGENT_COMMAND: _own, GATEHOUSE_DATA_DIR: _folder, ...environment } = process.env;
    const child: ChildProcess = spawn(program, words, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    return child as unknown as AgentProcess;
  },
  isAlive: async (httpUrl) => {
    try {
      return (await fetch(new URL('/health', httpUrl))).ok;
    } catch {
      return false;
    }
  },
});

function showWindow(consoleUrl: string): void {
  if (window) {
    window.show();
    window.focus();
    return;
  }
  window = new BrowserWindow({ ...WINDOW, show: false, webPreferences: { ...WEB_PREFERENCES } });
  window.setMenuBarVisibility(false);
  window.once('ready-to-show', () => window?.show());
  window.on('closed', () => {
    window = undefined;
  });
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) void shell.openExternal(url);
    return { action: 'deny' };
  });
  window.webContents.on('will-navigate', (event, url) => {
    if (!mayNavigate(consoleUrl, url)) event.preventDefault();
  });
  void window.loadURL(consoleUrl);
}

function showTray(consoleUrl: string, ownsAgent: boolean): void {
  tray = new Tray(nativeImage.createFromDataURL(TRAY_ICON));
  tray.setToolTip('Gatehouse');
  const entries = trayMenu({ httpUrl: consoleUrl, ownsAgent }).map(({ label, action, enabled }) => ({
    label,
    enabled,
    click: () => {
      if (action === 'show') showWindow(consoleUrl);
      if (action === 'quit') app.quit();
    },
  }));
  tray.setContextMenu(Menu.buildFromTemplate(entries));
}

async function start(): Promise<void> {
  await app.whenReady();
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(mayUsePermission()));
  try {
    const { httpUrl, owned } = await link.open();
    showTray(httpUrl, owned);
    showWindow(httpUrl);
    app.on('second-instance', () => showWindow(httpUrl));
  } catch (error) {
    dialog.showErrorBox('Gatehouse cannot start', error instanceof Error ? error.message : String(error));
    app.exit(1);
  }
}

if (app.requestSingleInstanceLock()) {
  app.on('window-all-closed', () => {
    // the agent keeps receiving; the tray brings the window back
  });
  app.on('before-quit', (event) => {
    if (!tray) return;
    event.preventDefault();
    tray.destroy();
    tray = undefined;
    void link.close().finally(() => app.exit(0));
  });
  void start();
} else {
  app.quit();
}
