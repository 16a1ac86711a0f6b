/** Health: each check is one object that finds a problem, says it in a sentence, and names the next step. */
export interface HealthFinding {
  readonly id: string;
  readonly level: 'ok' | 'warning' | 'error';
  /** What is so, and why. */
  readonly sentence: string;
  /** What to do; null when nothing needs doing. */
  readonly action: string | null;
}

export interface HealthCheck {
  readonly id: string;
  check(): Promise<Omit<HealthFinding, 'id'>> | Omit<HealthFinding, 'id'>;
}

/** Runs every check; one that throws is itself a finding, so a broken check is never silence. */
export async function runHealthChecks(checks: readonly HealthCheck[]): Promise<HealthFinding[]> {
  return Promise.all(
    checks.map(async (check): Promise<HealthFinding> => {
      try {
        return { id: check.id, ...(await check.check()) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return {
          id: check.id,
          level: 'error',
          sentence: `This could not be checked: ${reason}`,
          action: 'Look at the log.',
        };
      }
    }),
  );
}

const GIBIBYTE = 1024 ** 3;

/** Free space against the reserve below which objects are refused. */
export function freeSpaceCheck(options: { freeBytes: () => Promise<number>; reserveBytes: number }): HealthCheck {
  return {
    id: 'free-space',
    check: async () => {
      const free = await options.freeBytes();
      const text = `${(free / GIBIBYTE).toFixed(1)} GiB are free on the disk of the data folder.`;
      const action = 'Free space on this disk or move the data folder to a larger one.';
      if (free < options.reserveBytes)
        return { level: 'error', sentence: `${text} New objects are refused until there is more.`, action };
      if (free < options.reserveBytes * 4)
        return { level: 'warning', sentence: `${text} That is close to the reserve.`, action };
      return { level: 'ok', sentence: text, action: null };
    },
  };
}

/** Objects that wait longer than they should. */
export function queueCheck(options: { waiting: () => number; oldestWaitingSeconds: () => number }): HealthCheck {
  return {
    id: 'queue',
    check: () => {
      const waiting = options.waiting();
      const seconds = options.oldestWaitingSeconds();
      if (waiting > 0 && seconds > 3600) {
        const sentence = `${waiting} objects wait, the oldest for ${Math.round(seconds / 60)} minutes.`;
        return {
          level: 'warning',
          sentence,
          action: 'If the number does not fall, restart the node and look at the log.',
        };
      }
      return {
        level: 'ok',
        sentence: waiting === 0 ? 'No object waits.' : `${waiting} objects wait for de-identification.`,
        action: null,
      };
    },
  };
}

/** Objects a person has to look at. */
export function quarantineCheck(options: { quarantined: () => number }): HealthCheck {
  return {
    id: 'quarantine',
    check: () => {
      const count = options.quarantined();
      if (count === 0) return { level: 'ok', sentence: 'No object is in quarantine.', action: null };
      return {
        level: 'warning',
        sentence: `${count} objects are in quarantine and will not be released.`,
        action: 'Open Quarantine: each cause says what to do.',
      };
    },
  };
}
