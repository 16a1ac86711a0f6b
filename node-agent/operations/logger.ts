/**
 * The node's log (winston): one line of JSON per event in `logs/`, rotated by size, and a readable line
 * on the console. What is logged is chosen, not filtered: callers pass a sentence and named fields
 * that hold counts, ids of this node and codes, never values taken from an object.
 */
import { join } from 'node:path';
import winston from 'winston';

export interface Logger {
  error(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  debug(message: string, fields?: Record<string, unknown>): void;
  close(): void;
}

const LARGEST_FILE_BYTES = 10 * 1024 * 1024;
const FILES_KEPT = 10;

/** @param logsFolder where the files go; undefined = console only */
export function createLogger(options: { level: string; logsFolder?: string | undefined; console: boolean }): Logger {
  const { combine, timestamp, json, printf } = winston.format;
  const transports: winston.transport[] = [];
  if (options.logsFolder) {
    transports.push(
      new winston.transports.File({
        filename: join(options.logsFolder, 'gatehouse.log'),
        maxsize: LARGEST_FILE_BYTES,
        maxFiles: FILES_KEPT,
        tailable: true,
        format: combine(timestamp(), json()),
      }),
    );
  }
  if (options.console) {
    const line = printf(({ level, message, timestamp: at, ...fields }) => {
      const extra = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
      return `${String(at)} ${level}: ${String(message)}${extra}`;
    });
    transports.push(
      new winston.transports.Console({
        stderrLevels: ['error', 'warn', 'info', 'debug'],
        format: combine(timestamp(), line),
      }),
    );
  }
  const logger = winston.createLogger({ level: options.level, transports, silent: transports.length === 0 });
  return {
    error: (message, fields) => void logger.error(message, fields),
    warn: (message, fields) => void logger.warn(message, fields),
    info: (message, fields) => void logger.info(message, fields),
    debug: (message, fields) => void logger.debug(message, fields),
    close: () => void logger.close(),
  };
}
