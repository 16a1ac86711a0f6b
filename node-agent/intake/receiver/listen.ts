/** Taking a port for the receiver, or saying why it cannot be had. */
import type { Server } from 'node:net';
import type { Logger } from '../../operations/logger.ts';
import { StartUpError } from '../../store/errors.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** The setting the port comes from. */
  readonly setting: 'dicom.port' | 'dicom.tlsPort';
  readonly logger: Pick<Logger, 'error'>;
}

/** @returns the port that was taken. @throws StartUpError when it cannot be had */
export async function listen(server: Server, { host, port, setting, logger }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port, setting)));
    server.listen({ host, port }, resolve);
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    logger.error('The DICOM receiver could not take a connection', { code: error.code });
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : port;
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number, setting: string): StartUpError {
  if (error.code === 'EADDRINUSE') {
    return new StartUpError(
      `The DICOM port ${port} on ${host} is used by another program. Stop that program, or choose another port with --set ${setting}=….`,
    );
  }
  if (error.code === 'EACCES') {
    return new StartUpError(
      `The DICOM port ${port} needs more rights than this user has. Choose a port above 1023 with --set ${setting}=….`,
    );
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new StartUpError(
      `The address ${host} does not belong to this computer, so the DICOM receiver cannot listen there. Correct it with --set dicom.host=….`,
    );
  }
  return new StartUpError(
    `The DICOM receiver cannot listen on ${host} port ${port} (${error.code ?? 'unknown error'}). Choose another with --set dicom.host=… and --set ${setting}=….`,
  );
}
