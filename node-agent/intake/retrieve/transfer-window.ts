/** Availability windows: whether a study may begin now. */
import cron from 'node-cron';

/** @param windows cron expressions of five fields, local time; no windows means always */
export function mayTransfer(windows: readonly string[], now: Date): boolean {
  return windows.length === 0 || windows.some((window) => matches(window, now));
}

function matches(window: string, now: Date): boolean {
  const task = cron.createTask(window, () => {});
  try {
    const minute = new Date(now);
    minute.setSeconds(0, 0);
    return task.match(minute);
  } finally {
    void task.destroy();
  }
}
