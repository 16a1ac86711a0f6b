/** Tells from a transport error of undici or of the system what went wrong. */
import type { HubFaultKind } from './hub-fault.ts';

const KIND_OF_CODE: Readonly<Record<string, HubFaultKind>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ETIMEDOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ECONNRESET: 'cut',
  EPIPE: 'cut',
  UND_ERR_SOCKET: 'cut',
  UND_ERR_PRX_CONN: 'proxy-unreachable',
  UND_ERR_PRX_TLS: 'proxy-unreachable',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls-untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tls-untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls-untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls-untrusted',
  CERT_HAS_EXPIRED: 'tls-expired',
  CERT_NOT_YET_VALID: 'tls-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls-name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'nonsense',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'nonsense',
  HTTPParserError: 'nonsense',
};

/** The codes of an error and of what caused it, outermost first. */
export function codesOf(error: unknown): string[] {
  return causesOf(error).map((cause) => {
    const { code } = cause as NodeJS.ErrnoException;
    return typeof code === 'string' ? code : cause.name;
  });
}

/** The kind of a transport error; `other` with its code where it is none of the known ones. */
export function kindOfTransportError(error: unknown): HubFaultKind {
  const codes = codesOf(error);
  // the cause says more than the wrapper: a refused proxy connection is wrapped as a socket error
  const known = codes.map((code) => KIND_OF_CODE[code]).filter((kind) => kind !== undefined);
  if (known.includes('proxy-unreachable')) return 'proxy-unreachable';
  if (known[0]) return known.find((kind) => kind !== 'cut') ?? known[0];
  const message = error instanceof Error ? error.message : '';
  if (codes.some((code) => code.startsWith('HPE_'))) return 'nonsense';
  return /other side closed|terminated/i.test(message) ? 'cut' : 'other';
}

/** True for a system error about looking up or connecting to this very host and port. */
export function concernsHost(error: unknown, host: URL): boolean {
  const hostPort = Number(host.port || (host.protocol === 'https:' ? 443 : 80));
  return causesOf(error).some((cause) => {
    const { syscall, hostname, port } = cause as { syscall?: string; hostname?: string; port?: number };
    return syscall === 'getaddrinfo' ? hostname === host.hostname : syscall === 'connect' && port === hostPort;
  });
}

/** An error, what caused it, and so on; of a group of errors, every one. */
function causesOf(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 8) return [];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error, ...[...inner, error.cause].flatMap((cause) => causesOf(cause, depth + 1))];
}
