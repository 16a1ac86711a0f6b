import { type ApiToken, TOKEN_SCOPES, TokenError, type TokenScope } from '../api/tokens.ts';
import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, type CommandContext, print, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';

const tokenAdd: Command = {
  name: ['token', 'add'],
  usage: 'token add NAME [--scope stow|fdp]… [--days N]',
  summary: 'Makes a token for a program and prints it once; it cannot be shown again.',
  options: { scope: { type: 'string', multiple: true }, days: { type: 'string', default: '365' } },
  positionals: 1,
  run: (context) =>
    withTokens(context, (tokens) => {
      const { days, scope } = context.values;
      if (!/^\d{1,5}$/.test(String(days))) throw new UsageError('--days takes a whole number.');
      const scopes = (scope ?? ['stow']) as string[];
      const unknown = scopes.find((one) => !(TOKEN_SCOPES as readonly string[]).includes(one));
      if (unknown !== undefined) throw new UsageError(`--scope is one of ${TOKEN_SCOPES.join(', ')}.`);
      const [name = ''] = context.positionals;
      const { token, text } = tokens.add({ name, scopes: scopes as TokenScope[], days: Number(days) }, BY);
      // The token alone on standard output, so that a script can take it.
      process.stderr.write(`Made ${line(token)}. It is shown this once:\n`);
      print(text);
    }),
};

const tokenList: Command = {
  name: ['token', 'list'],
  usage: 'token list [--json]',
  summary: 'Lists the tokens of programs, without their secrets.',
  options: { json: { type: 'boolean' } },
  positionals: 0,
  run: (context) =>
    withTokens(context, (tokens) => {
      const list = tokens.list();
      if (context.values.json) print(JSON.stringify(list));
      else for (const token of list) print(line(token));
    }),
};

const tokenRevoke: Command = {
  name: ['token', 'revoke'],
  usage: 'token revoke NAME',
  summary: 'Revokes a token; the next request with it is refused.',
  positionals: 1,
  run: (context) =>
    withTokens(context, (tokens) => {
      const [name = ''] = context.positionals;
      const token = tokens.named(name);
      if (!token)
        throw new TokenError(`There is no token named "${name}" that holds. "gatehouse token list" shows them.`);
      tokens.revoke(token.tokenId, BY);
      print(`Revoked ${token.name}.`);
    }),
};

/** Tokens of programs. They are written where the node reads for every request, so they act on a running node at once. */
export const TOKEN_COMMANDS: readonly Command[] = [tokenAdd, tokenList, tokenRevoke];

async function withTokens(
  { dataFolder }: CommandContext,
  work: (tokens: Foundation['tokens']) => void,
): Promise<number> {
  existingNode(dataFolder);
  const node = openFoundation(dataFolder);
  try {
    work(node.tokens);
    return 0;
  } catch (error) {
    if (error instanceof TokenError) throw new StartUpError(error.message);
    throw error;
  } finally {
    node.close();
  }
}

function line({ name, scopes, expiresAt, lastUsedAt, revokedAt }: ApiToken): string {
  const state = revokedAt === null ? `holds until ${expiresAt.slice(0, 10)}` : `revoked ${revokedAt.slice(0, 10)}`;
  const used = lastUsedAt === null ? 'never used' : `last used ${lastUsedAt}`;
  return `${name}: for ${scopes.join(', ')}, ${state}, ${used}`;
}
