/** Availability windows: whether a study may begin now. */
import cron from 'node-cron';

/**
 * @param windows cron expressions of five fields; no windows means always
 * @param timeZone IANA name of the zone they are meant in; that of this computer where undefined
 */
export function mayTransfer(windows: readonly string[], now: Date, timeZone?: string): boolean {
  return windows.length === 0 || windows.some((window) => matches(window, now, timeZone));
}

function matches(window: string, now: Date, timezone: string | undefined): boolean {
  const task = cron.createTask(window, () => {}, timezone === undefined ? {} : { timezone });
  try {
    const minute = new Date(now);
    minute.setSeconds(0, 0);
    return task.match(minute);
  } finally {
    void task.destroy();
  }
}
