/** Arguments of the scripts: a wrong one ends with a sentence and exit code 2. */
import { type ParseArgsConfig, parseArgs } from 'node:util';

export function readArguments<Options extends NonNullable<ParseArgsConfig['options']>>(
  options: Options,
  usage: string,
) {
  try {
    return parseArgs({ options, strict: true }).values;
  } catch (error) {
    return wrongArguments(`${(error as Error).message} Usage: ${usage}`);
  }
}

export function wrongArguments(sentence: string): never {
  console.error(sentence);
  process.exit(2);
}
