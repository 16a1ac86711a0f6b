import { type Role, UserError } from '../api/users.ts';
import { openFoundation } from '../assembly/foundation.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, UsageError } from './command.ts';
import { firstLine } from './standard-input.ts';

const ROLES: readonly Role[] = ['administrator', 'officer', 'viewer'];

/** The password comes on standard input, so that it stands in no list of processes and no history. */
export const userAdd: Command = {
  name: ['user', 'add'],
  usage: 'user add NAME [--role administrator|officer|viewer] < password',
  summary: 'Adds a user; the password is read from standard input.',
  options: { role: { type: 'string', default: 'administrator' } },
  positionals: 1,
  run: async ({ dataFolder, values, positionals: [name = ''] }) => {
    const role = ROLES.find((known) => known === values.role);
    if (!role) throw new UsageError(`The role is one of ${ROLES.join(', ')}.`);
    const password = await firstLine('Password');
    const foundation = openFoundation(dataFolder);
    try {
      const user = await foundation.users.add(name, role, password);
      foundation.audit.record({
        actor: 'command line',
        action: 'user.added',
        subject: user.name,
        detail: `role ${role}`,
      });
      print(`Added ${user.name} with the role ${role}.`);
      return 0;
    } catch (error) {
      if (error instanceof UserError) throw new StartUpError(error.message);
      throw error;
    } finally {
      foundation.close();
    }
  },
};
