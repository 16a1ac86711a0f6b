/** Identifying a patient on the command line: whoever asks or grants signs in with the password on standard input. */
import type { User } from '../api/users.ts';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { StartUpError } from '../store/errors.ts';
import { ReidentificationError } from '../vault/reidentifications.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';
import { firstLine } from './standard-input.ts';

const USER = { user: { type: 'string' } } as const;

const ask: Command = {
  name: ['vault', 'reidentify'],
  usage: 'vault reidentify PSEUDONYM --user NAME --reason TEXT < password',
  summary: 'Asks who a pseudonym stands for; a second person has to grant it.',
  options: { ...USER, reason: { type: 'string' } },
  positionals: 1,
  run: (context) =>
    asUser(context, ({ reidentifications }, user) => {
      const [pseudonym = ''] = context.positionals;
      const { id } = reidentifications.request({ pseudonym, reason: String(context.values.reason ?? '') }, user);
      print(`Asked: ${id}. Another person grants it with "gatehouse vault reidentify-grant" within a day.`);
    }),
};

const grant: Command = {
  name: ['vault', 'reidentify-grant'],
  usage: 'vault reidentify-grant ID --user NAME [--refuse] < password',
  summary: 'Grants or refuses to identify a patient; takes another person than the one who asked.',
  options: { ...USER, refuse: { type: 'boolean' } },
  positionals: 1,
  run: (context) =>
    asUser(context, ({ reidentifications }, user) => {
      const decision = context.values.refuse === true ? 'refused' : 'granted';
      reidentifications.decide(context.positionals[0] ?? '', decision, user);
      print(decision === 'refused' ? 'Refused.' : 'Granted: the answer can be shown once within a day.');
    }),
};

const show: Command = {
  name: ['vault', 'reidentify-show'],
  usage: 'vault reidentify-show ID --user NAME < password',
  summary: 'Shows once who a pseudonym stands for, to who asked for it or granted it.',
  options: USER,
  positionals: 1,
  run: (context) =>
    asUser(context, ({ reidentifications }, user) => {
      print(JSON.stringify(reidentifications.show(context.positionals[0] ?? '', user), undefined, 2));
    }),
};

const list: Command = {
  name: ['vault', 'reidentify-list'],
  usage: 'vault reidentify-list',
  summary: 'Lists requests to identify a patient, as JSON.',
  positionals: 0,
  run: async ({ dataFolder }) => {
    const foundation = openFoundation(existingNode(dataFolder).root);
    print(JSON.stringify(foundation.reidentifications.list(), undefined, 2));
    foundation.close();
    return 0;
  },
};

export const REIDENTIFY_COMMANDS: readonly Command[] = [ask, grant, show, list];

async function asUser(
  { dataFolder, values }: CommandContext,
  work: (foundation: Foundation, user: User) => void,
): Promise<number> {
  const name = typeof values.user === 'string' ? values.user : '';
  if (name === '') throw new UsageError('Say who you are with --user NAME; the password is read from standard input.');
  const password = await firstLine('Password');
  const foundation = openFoundation(existingNode(dataFolder).root);
  try {
    const user = await foundation.users.authenticate(name, password);
    if (!user) {
      foundation.audit.record({ actor: 'unknown', action: 'user.sign-in-refused', subject: 'command line' });
      throw new StartUpError('The name or the password is wrong. Try again, or ask an administrator.');
    }
    work(foundation, user);
    return 0;
  } catch (error) {
    if (error instanceof ReidentificationError) throw new StartUpError(error.message);
    throw error;
  } finally {
    foundation.close();
  }
}
