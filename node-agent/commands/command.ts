import { join } from 'node:path';
import type { ParseArgsConfig } from 'node:util';
import { readSettings, type Settings } from '../settings/settings.ts';

export interface CommandContext {
  readonly dataFolder: string;
  /** As given with `--set`. */
  readonly set: readonly string[];
  readonly values: Readonly<Record<string, string | boolean | string[] | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  /** The words that call it. */
  readonly name: readonly string[];
  readonly usage: string;
  readonly summary: string;
  readonly options?: ParseArgsConfig['options'];
  /** How many arguments it takes. */
  readonly positionals: number;
  /** @returns the exit code */
  run(context: CommandContext): Promise<number>;
}

/** Wrong arguments: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The settings of a data folder as this command sees them. @throws SettingError */
export function settingsOf(context: CommandContext): Settings {
  return readSettings({
    file: join(context.dataFolder, 'settings.json'),
    environment: process.env,
    commandLine: context.set,
  });
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
