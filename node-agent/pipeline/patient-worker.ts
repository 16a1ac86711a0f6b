/** A worker process that says whose object a file is; a file that brings it down costs nothing else. */

import { patientOfFile } from './patient-of-file.ts';
import { type PatientAnswer, type PatientTask, UNREADABLE } from './patient-pool.ts';
import { answerTasks } from './worker-process.ts';

answerTasks(
  ({ temporaryFolder }: { temporaryFolder: string }) =>
    async ({ file }: PatientTask): Promise<PatientAnswer> => {
      try {
        const patient = await patientOfFile(file, { temporaryFolder });
        return patient ? { kind: 'patient', patient } : UNREADABLE;
      } catch (error) {
        const { code = 'unknown' } = error as { code?: string };
        return code === 'ENOENT' ? { kind: 'gone' } : { kind: 'failed', reason: code };
      }
    },
);
