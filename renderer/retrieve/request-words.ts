/** States of requests and studies in words. */
import type { Answer } from '../client/call.ts';
import type { Tone } from '../shared/notice.tsx';

export type Request = Answer<'getRetrieveRequest'>;
export type Study = Answer<'listRetrieveStudies'>['rows'][number];

interface Word {
  readonly text: string;
  readonly tone: Tone;
}

export const STUDY_WORDS: Readonly<Record<Study['state'], Word>> = {
  found: { text: 'found', tone: 'neutral' },
  waiting: { text: 'waiting', tone: 'neutral' },
  'in transfer': { text: 'in transfer', tone: 'info' },
  complete: { text: 'complete', tone: 'good' },
  incomplete: { text: 'incomplete', tone: 'bad' },
  failed: { text: 'failed', tone: 'bad' },
  unknown: { text: 'completeness unknown', tone: 'warning' },
  cancelled: { text: 'cancelled', tone: 'warning' },
  skipped: { text: 'skipped', tone: 'neutral' },
};

/** Studies of a request that will still be worked on. */
export function openStudies({ studies }: Pick<Request, 'studies'>): number {
  return (studies.waiting ?? 0) + (studies['in transfer'] ?? 0);
}

/** Studies that ended otherwise than complete, and can be tried again. */
export function troubledStudies({ studies }: Pick<Request, 'studies'>): number {
  return (studies.incomplete ?? 0) + (studies.failed ?? 0) + (studies.unknown ?? 0) + (studies.cancelled ?? 0);
}

/** All studies of a request. */
export function allStudies({ studies }: Pick<Request, 'studies'>): number {
  return Object.values(studies).reduce((sum, count) => sum + count, 0);
}

/** The state of a request as one word. */
export function requestWord(request: Request): Word {
  switch (request.state) {
    case 'counting':
      return { text: 'asking the PACS', tone: 'info' };
    case 'counted':
      return { text: 'to be confirmed', tone: 'accent' };
    case 'failed':
      return { text: 'not counted', tone: 'bad' };
    case 'discarded':
      return { text: 'discarded', tone: 'neutral' };
    case 'confirmed':
      if (openStudies(request) > 0) {
        return request.paused ? { text: 'paused', tone: 'warning' } : { text: 'fetching', tone: 'info' };
      }
      return troubledStudies(request) > 0
        ? { text: 'ended, not all complete', tone: 'warning' }
        : { text: 'complete', tone: 'good' };
  }
}

/** One entry per line. */
export function linesOf(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean);
}
