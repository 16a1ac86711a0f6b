/** Serves the built console; every page load gets a fresh style nonce. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type RequestHandler } from 'express';
import { contentSecurityPolicy } from './security.ts';

const NONCE_PLACEHOLDER = '__STYLE_NONCE__';

export function serveConsole(application: Express, folder: string): void {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const sendPage: RequestHandler = (_request, response) => {
    const nonce = randomBytes(16).toString('base64');
    response
      .set('content-security-policy', contentSecurityPolicy(nonce))
      .set('cache-control', 'no-store')
      .type('html')
      .send(page.replaceAll(NONCE_PLACEHOLDER, nonce));
  };
  // Before the files: the page as it stands there has no nonce yet.
  application.get('/index.html', sendPage);
  application.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }),
  );
  application.use(express.static(folder, { redirect: false, index: false }));
  application.get(/^\/(?!api\/).*/, sendPage);
}
