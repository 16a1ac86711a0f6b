/**
 * The last words of a process that ends by a fault nobody caught: written at once, because nothing
 * runs afterwards. Messages may quote values of objects, so only names, codes and places are told.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

export function writeLastWords(logsFolder: string): void {
  const tell = (event: string, fault: unknown) => {
    const { name, code, stack } = fault as { name?: string; code?: string; stack?: string };
    const places = (stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
    const entry = {
      timestamp: new Date().toISOString(),
      level: 'error',
      message: 'The node ended by a fault.',
      event,
      name,
      code,
      places,
    };
    const line = `${JSON.stringify(entry)}\n`;
    process.stderr.write(line);
    appendFileSync(join(logsFolder, 'gatehouse.log'), line);
    process.exit(1);
  };
  process.on('uncaughtException', (error) => tell('uncaughtException', error));
  process.on('unhandledRejection', (reason) => tell('unhandledRejection', reason));
}
