/** A web server on a free port that answers everything with JSON nobody asked for. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export async function listeningServer(): Promise<{ server: Server; port: number }> {
  const server = createServer((_request, response) => response.end('{"this":"is no task list"}'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port };
}
