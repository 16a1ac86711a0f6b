/** What must not stand in a list of processes or a history of commands is read from standard input. */
import { createInterface } from 'node:readline';

/** The first line; empty where there is none. @param prompt shown to a person who types it */
export async function firstLine(prompt: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`${prompt} (it is shown): `);
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}
