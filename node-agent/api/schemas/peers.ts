/** The receiver, the peers that may send to it, and their associations: machines and their titles, never patients. */
import { z } from 'zod';

const count = z.number().int().nonnegative();
const time = z.string().describe('ISO 8601, UTC');
const aeTitle = z.string().trim().max(16);
const service = z.enum(['verification', 'storage', 'storage commitment']);

/** What is decided about a peer; the node answers 400 with a sentence where it cannot be had like this. */
export const peerTerms = z.object({
  tag: z.string().trim().min(1).max(64).describe('What people call it'),
  callingAeTitle: aeTitle.nullable().default(null).describe('null takes any; compared letter by letter'),
  address: z.string().trim().min(1).max(253).describe('IP address, CIDR network, host name, or localhost'),
  calledAeTitle: aeTitle.nullable().default(null).describe('null is the title of this node'),
  services: z.array(service).min(1).default(['verification', 'storage', 'storage commitment']),
  maximumAssociations: z.number().int().min(1).max(1000).nullable().default(null),
  tlsRequired: z.boolean().default(false),
  fingerprints: z.array(z.string().max(200)).max(8).default([]).describe('SHA-256 of client certificates'),
  dicomHost: z.string().trim().max(253).nullable().default(null).describe('Where the peer itself listens'),
  dicomPort: z.number().int().min(1).max(65_535).nullable().default(null),
  enabled: z.boolean().default(true),
});
export const peer = z.object({ ...peerTerms.shape, peerId: z.string() });
export const knock = z.object({
  callingAeTitle: z.string(),
  address: z.string(),
  calledAeTitle: z.string(),
  count,
  firstAt: time,
  lastAt: time,
});
export const knocker = z.object({ callingAeTitle: z.string().max(16), address: z.string().max(64) });
export const allowedKnocker = knocker.extend({ tag: z.string().trim().max(64).default('') });
export const peerList = z.object({
  peers: z.array(peer),
  knocks: z.array(knock).describe('Who asked for an association without being a peer, the latest first'),
});

export const receiver = z.object({
  aeTitle: z.string(),
  port: z.number(),
  listening: z.boolean(),
  openAssociations: count,
  refusing: z.string().nullable().describe('Why nothing new is taken at the moment'),
  paused: z.object({ by: z.string(), at: time }).nullable(),
  tls: z
    .object({
      port: z.number(),
      clientCertificates: z.enum(['none', 'optional', 'required']),
      certificate: z.object({ validTo: time, fingerprint: z.string() }),
      problem: z.string().nullable(),
    })
    .nullable()
    .describe('null while the TLS port is closed'),
});

export const association = z.object({
  id: z.string(),
  callingAeTitle: z.string(),
  calledAeTitle: z.string(),
  remoteAddress: z.string(),
  peerTag: z.string().nullable().describe('The peer as it was called then'),
  tlsProtocol: z.string().nullable().describe('null on the plain port'),
  startedAt: time,
  endedAt: time.nullable(),
  outcome: z.string().nullable().describe('released, aborted, rejected … with the reason; null while open'),
  rejection: z.string().nullable().describe('Result, source and reason of PS3.8 §9.3.4'),
  objects: count,
  failures: count,
  bytes: count,
  milliseconds: count.nullable(),
});
export const associationPage = z.object({ total: count, rows: z.array(association) });
export const associationDetail = z.object({
  ...association.shape,
  certificate: z.string().nullable().describe('SHA-256 of the client certificate that was shown'),
  contexts: z.array(
    z.object({
      abstractSyntax: z.string(),
      offered: z.array(z.string()),
      accepted: z.string().nullable(),
      answer: z.string(),
      count,
    }),
  ),
});
