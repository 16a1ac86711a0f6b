import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AgentLink, type AgentProcess } from '../../main/agent-link.ts';
import { trayMenu } from '../../main/tray-menu.ts';
import { mayNavigate, mayOpenOutside, mayUsePermission, WEB_PREFERENCES } from '../../main/window-policy.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

class AgentOnPipes extends EventEmitter implements AgentProcess {
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  kill(): boolean {
    setImmediate(() => this.emit('exit', 0));
    return true;
  }
}

describe('the window', () => {
  it('keeps Node out of the page, isolates and sandboxes it', () => {
    expect(WEB_PREFERENCES).toMatchObject({
      nodeIntegration: false,
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      webviewTag: false,
    });
    expect(mayUsePermission()).toBe(false);
  });

  it('stays on the console', () => {
    expect(mayNavigate('http://127.0.0.1:8470/', 'http://127.0.0.1:8470/studies')).toBe(true);
    for (const target of [
      'https://example.org/',
      'file:///etc/passwd',
      'http://127.0.0.1:8471/',
      'javascript:alert(1)',
      'nonsense',
    ]) {
      expect(mayNavigate('http://127.0.0.1:8470/', target)).toBe(false);
    }
  });

  it('hands only web links to the browser of the system', () => {
    expect(mayOpenOutside('https://example.org/help')).toBe(true);
    expect(mayOpenOutside('file:///etc/passwd')).toBe(false);
    expect(mayOpenOutside('http://example.org/')).toBe(false);
  });

  it('attaches to an agent that runs already and leaves it running', async () => {
    const dataFolder = temporaryFolder();
    writeFileSync(join(dataFolder, 'run.json'), JSON.stringify({ httpUrl: 'http://127.0.0.1:8470/' }));
    const spawnAgent = (): AgentProcess => expect.unreachable('an agent was started');
    const link = new AgentLink({ dataFolder, spawnAgent, isAlive: async () => true });
    expect(await link.open()).toEqual({ httpUrl: 'http://127.0.0.1:8470/', owned: false });
    await link.close();
  });

  it('starts an agent where none answers, waits for its ready line, and stops it at the end', async () => {
    const dataFolder = temporaryFolder();
    writeFileSync(join(dataFolder, 'run.json'), JSON.stringify({ httpUrl: 'http://127.0.0.1:1/' }));
    const agent = new AgentOnPipes();
    const link = new AgentLink({ dataFolder, spawnAgent: () => agent, isAlive: async () => false });
    const opened = link.open();
    agent.stdout.write('a line of something else\n{"ready":true,"dicomPort":1,"httpUrl":"http://127.0.0.1:9/"}\n');
    expect(await opened).toEqual({ httpUrl: 'http://127.0.0.1:9/', owned: true });
    await link.close();
  });

  it('passes on the agent’s own sentence when it cannot start', async () => {
    const agent = new AgentOnPipes();
    const link = new AgentLink({ dataFolder: temporaryFolder(), spawnAgent: () => agent, isAlive: async () => false });
    const opened = link.open();
    agent.stderr.write('Port 11112 is in use.\n');
    setTimeout(() => agent.emit('exit', 1), 20);
    await expect(opened).rejects.toThrow('Port 11112 is in use.');
  });

  it('offers a tray menu that says what quitting does', () => {
    expect(trayMenu({ httpUrl: 'x', ownsAgent: true }).map((entry) => entry.label)).toContain(
      'Quit and stop receiving',
    );
    expect(trayMenu({ httpUrl: 'x', ownsAgent: false }).at(-1)?.label).toContain('service keeps running');
  });
});
