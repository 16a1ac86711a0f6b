/** The desktop window in development: where Electron's binary is, and its few modules in one file. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';

const ROOT = resolve(import.meta.dirname, '..');

/** Electron's package names its binary in path.txt once it has been fetched. */
export function electronBinary(): string | undefined {
  const packageFolder = join(ROOT, 'node_modules/electron');
  const pathFile = join(packageFolder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const binary = join(packageFolder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(binary) ? binary : undefined;
}

export function hasDisplay(): boolean {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/** Electron does not strip types, so the modules of the window are bundled into one file. @returns its path */
export async function buildWindow(): Promise<string> {
  const outDir = join(ROOT, 'dist/main');
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true, external: ['electron'] },
    build: { ssr: join(ROOT, 'main/main.ts'), outDir, emptyOutDir: true },
  });
  return join(outDir, 'main.js');
}
