/** STOW-RS as a sender meets it: the intake room behind the API's server, with a token. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { part10Head } from '../../../node-agent/intake/part10-head.ts';
import type { MultipartLimits } from '../../../node-agent/intake/stow/multipart.ts';
import { StowService } from '../../../node-agent/intake/stow/stow-service.ts';
import { type ApiRig, apiRig } from '../../api/rig.ts';
import { CT_STORAGE, dataSet, EXPLICIT_LITTLE } from '../receiver/raw-peer.ts';
import { intakeRig, type Rig } from '../rig.ts';
import { relatedType } from './multipart-writer.ts';

export interface StowRig {
  readonly intake: Rig;
  readonly api: ApiRig;
  readonly token: string;
  readonly stow: StowService;
}

export interface StowRigOptions {
  readonly mostBytes?: number;
  readonly mostRequests?: number;
  readonly multipartLimits?: Partial<MultipartLimits>;
  readonly reserveBytes?: number;
  readonly associationReserveBytes?: number;
}

export async function stowRig(options: StowRigOptions = {}): Promise<StowRig> {
  const { reserveBytes, associationReserveBytes, ...limits } = options;
  const intake = await intakeRig({
    listen: false,
    ...(reserveBytes === undefined ? {} : { reserveBytes }),
    ...(associationReserveBytes === undefined ? {} : { associationReserveBytes }),
  });
  const stow = new StowService({
    ...intake,
    temporaryFolder: intake.folder.spool,
    aeTitle: 'GATEHOUSE',
    mostRequests: 8,
    mostBytes: 100_000_000,
    ...limits,
  });
  const api = await apiRig({
    mounts: [{ path: '/dicom-web', scope: 'stow', handle: (request) => stow.handle(request) }],
  });
  const { text } = api.foundation.tokens.add({ name: 'CT archive', scopes: ['stow'], days: 1 }, 'anna');
  return { intake, api, token: text, stow };
}

export const STUDY = '1.2.7654321.100';

export interface FileOptions {
  readonly study?: string;
  readonly sopClassUid?: string;
  readonly text?: string;
  /** Of the file meta information. */
  readonly transferSyntaxUid?: string;
  /** Noughts behind the data set, as pixel data. */
  readonly pixelBytes?: number;
}

/** A small DICOM file. */
export function dicomFile(uid: string, options: FileOptions = {}): Buffer {
  const { study = STUDY, sopClassUid = CT_STORAGE, text = 'synthetic', pixelBytes = 0 } = options;
  const head = part10Head({
    sopClassUid,
    sopInstanceUid: uid,
    transferSyntaxUid: options.transferSyntaxUid ?? EXPLICIT_LITTLE,
    sourceAeTitle: 'TEST',
  });
  const value = Buffer.from(study.length % 2 === 0 ? study : `${study}\0`, 'latin1');
  const header = Buffer.from([0x20, 0x00, 0x0d, 0x00, 0x55, 0x49, 0, 0]);
  header.writeUInt16LE(value.length, 6);
  const body = dataSet(uid, text);
  const classUid = Buffer.from(CT_STORAGE.padEnd(26, '\0'), 'latin1');
  const wanted = Buffer.from(sopClassUid.padEnd(26, '\0').slice(0, 26), 'latin1');
  const at = body.indexOf(classUid);
  if (at >= 0) wanted.copy(body, at);
  const parts = [head, body, header, value];
  if (pixelBytes > 0) {
    const pixels = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57, 0, 0, 0, 0, 0, 0]);
    pixels.writeUInt32LE(pixelBytes, 8);
    parts.push(pixels, Buffer.alloc(pixelBytes));
  }
  return Buffer.concat(parts);
}

export interface StowAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** Instances by their UID: what is referenced as stored, and the reasons of those that failed. */
  readonly stored: readonly string[];
  readonly failed: Readonly<Record<string, number>>;
  /** Reasons of what belongs to no instance. */
  readonly other: readonly number[];
}

export interface Sending {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Pieces are sent chunked, one after the other. */
  readonly body?: Buffer | readonly Buffer[];
}

/** Sends one request over a connection of its own. */
export async function send({ api, token }: StowRig, sending: Sending): Promise<StowAnswer> {
  const { path = '/studies', method = 'POST', headers = {}, body = Buffer.alloc(0) } = sending;
  const { hostname, port } = new URL(api.url);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        hostname,
        port,
        path: `/dicom-web${path}`,
        method,
        agent: false,
        headers: { authorization: `Bearer ${token}`, 'content-type': relatedType(), ...headers },
      },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('end', () => resolve(answerOf(incoming.statusCode ?? 0, incoming.headers, text)));
        incoming.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    if (Buffer.isBuffer(body)) outgoing.end(body);
    else {
      for (const piece of body as readonly Buffer[]) outgoing.write(piece);
      outgoing.end();
    }
  });
}

type JsonSequence = { Value?: Record<string, { Value?: (string | number)[] }>[] } | undefined;

export function answerOf(status: number, headers: IncomingHttpHeaders, text: string): StowAnswer {
  const module =
    headers['content-type']?.startsWith('application/dicom+json') === true
      ? (JSON.parse(text) as Record<string, JsonSequence>)
      : {};
  const items = (tag: string) => module[tag]?.Value ?? [];
  const value = (item: Record<string, { Value?: (string | number)[] }>, tag: string) => item[tag]?.Value?.[0];
  return {
    status,
    headers,
    text,
    stored: items('00081199').map((item) => String(value(item, '00081155'))),
    failed: Object.fromEntries(
      items('00081198').map((item) => [String(value(item, '00081155')), Number(value(item, '00081197'))]),
    ),
    other: items('0008119A').map((item) => Number(value(item, '00081197'))),
  };
}
