import type { User } from '../client/session.ts';

/** What each role may do, in words. */
export const ROLE_WORDS: Readonly<Record<User['role'], string>> = {
  viewer: 'Looks at everything, changes nothing',
  officer: 'Looks at everything; checks, releases, publishes and withdraws datasets',
  administrator: 'Everything an officer may; imports, handles quarantine, drafts datasets, adds users',
};
