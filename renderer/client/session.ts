import { createContext, useContext } from 'react';
import { type Access, type RouteName, routes } from '../../node-agent/api/contract.ts';
import type { Answer } from './call.ts';

export type User = NonNullable<Answer<'getSession'>['user']>;

const RANK: Readonly<Record<Access, number>> = { public: 0, viewer: 1, officer: 2, administrator: 3 };

/** Whether this user's role reaches the access the contract asks for. */
export function may(user: Pick<User, 'role'>, name: RouteName): boolean {
  return RANK[user.role] >= RANK[routes[name].access];
}

const SessionContext = createContext<User | undefined>(undefined);
export const SessionProvider = SessionContext.Provider;

/** The signed-in user; only below the sign-in gate. */
export function useUser(): User {
  const user = useContext(SessionContext);
  if (user === undefined) throw new Error('Nobody is signed in here.');
  return user;
}
