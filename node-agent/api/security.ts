/** Headers and checks that keep other web pages away from the console. */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { Problem } from './problem.ts';

export function securityHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set({
    'content-security-policy': contentSecurityPolicy(),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=()',
  });
  next();
}

/** @param styleNonce lets the component library add its style sheets; nothing inline runs otherwise */
export function contentSecurityPolicy(styleNonce?: string): string {
  const style = styleNonce ? `'self' 'nonce-${styleNonce}'` : `'self'`;
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src ${style}`,
    `img-src 'self' data:`,
    `connect-src 'self'`,
    `font-src 'self'`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);
const LOOPBACK_ADDRESSES = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/**
 * Refuses requests that a foreign page could have made: an unexpected Host on a loopback server (DNS
 * rebinding), or a changing request whose Origin is not this server.
 */
export function guardOrigin(boundHost: string): RequestHandler {
  const loopbackOnly = boundHost === '127.0.0.1' || boundHost === '::1' || boundHost === 'localhost';
  return (request, _response, next) => {
    const host = request.headers.host ?? '';
    if (loopbackOnly && !namesThisComputer(host)) {
      throw new Problem(421, 'Wrong address', 'This console answers only under 127.0.0.1 or localhost.');
    }
    const { origin } = request.headers;
    const changes = request.method !== 'GET' && request.method !== 'HEAD';
    if (changes && origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      throw new Problem(403, 'Foreign page', 'The request came from another web page and was refused.');
    }
    if (changes && request.headers['sec-fetch-site'] && request.headers['sec-fetch-site'] !== 'same-origin') {
      throw new Problem(403, 'Foreign page', 'The request came from another web page and was refused.');
    }
    next();
  };
}

/** By the connection and by the name it was called: a page that rebinds its own name to this computer is not from here. */
export function isFromThisComputer({ socket, headers }: Request): boolean {
  return LOOPBACK_ADDRESSES.has(socket.remoteAddress ?? '') && namesThisComputer(headers.host);
}

function namesThisComputer(host: string | undefined): boolean {
  return LOOPBACK_NAMES.has((host ?? '').replace(/:\d+$/, ''));
}
