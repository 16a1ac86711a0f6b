/** Signing in and out, and the users of the node. */
import type { CallContext, Handlers } from './handler.ts';
import { Problem } from './problem.ts';
import { isFromThisComputer } from './security.ts';
import type { ApiServices } from './services.ts';
import { SESSION_COOKIE } from './sessions.ts';
import { type User, UserError } from './users.ts';

type AccessRoutes = 'getSession' | 'setUp' | 'signIn' | 'signOut' | 'listUsers' | 'addUser';

export function accessHandlers({ users, sessions, audit, version }: ApiServices): Pick<Handlers, AccessRoutes> {
  const sessionOf = (user: User | undefined) => ({ setUpNeeded: users.isEmpty(), user: user ?? null, version });

  const open = ({ request, response }: CallContext, user: User, action: string) => {
    const token = sessions.start(user.name);
    response.cookie(SESSION_COOKIE, token, { httpOnly: true, sameSite: 'strict', path: '/', secure: request.secure });
    audit.record({ actor: user.name, action, subject: user.name });
    return sessionOf(user);
  };

  const add = async (work: Promise<User>, by: string): Promise<User> => {
    try {
      const user = await work;
      audit.record({ actor: by, action: 'user.added', subject: user.name, detail: `role ${user.role}` });
      return user;
    } catch (error) {
      if (error instanceof UserError) throw new Problem(409, 'User not added', error.message);
      throw error;
    }
  };

  return {
    getSession: (_input, { caller }) => sessionOf(caller.user),

    setUp: async ({ body: { name, password } }, context) => {
      if (!users.isEmpty()) throw new Problem(409, 'Already set up', 'There is an administrator already. Sign in.');
      if (!isFromThisComputer(context.request)) {
        const detail =
          'The first administrator is created on the computer itself: in a browser there, or with "gatehouse user add".';
        throw new Problem(403, 'Only on this computer', detail);
      }
      return open(context, await add(users.addFirst(name, password), name), 'node.set-up');
    },

    signIn: async ({ body: { name, password } }, context) => {
      const wait = sessions.waitSeconds(name);
      if (wait > 0) throw new Problem(429, 'Too many attempts', `Wait ${wait} seconds and try again.`);
      // Counted before the password is compared, which takes time: attempts at the same moment count as well.
      sessions.recordAttempt(name);
      const user = await users.authenticate(name, password);
      if (user) return open(context, user, 'user.signed-in');
      // The name is not recorded: people type passwords into the wrong field.
      audit.record({ actor: 'unknown', action: 'user.sign-in-refused', subject: 'console' });
      throw new Problem(401, 'Not signed in', 'The name or the password is wrong. Try again, or ask an administrator.');
    },

    signOut: (_input, { caller, response }) => {
      if (caller.token) sessions.end(caller.token);
      response.clearCookie(SESSION_COOKIE, { httpOnly: true, sameSite: 'strict', path: '/' });
      return { ok: true };
    },

    listUsers: () => users.list(),
    addUser: ({ body: { name, role, password } }, { caller }) =>
      add(users.add(name, role, password), caller.user?.name ?? 'unknown'),
  };
}
