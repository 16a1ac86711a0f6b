/** Rows of the API's table: the receiver, its peers and their associations. */
import { z } from 'zod';
import * as schema from '../schemas/peers.ts';
import * as common from '../schemas.ts';
import type { Route } from './route.ts';

const identified = z.object({ id: z.string().min(1).max(128) });

export const peerRoutes = {
  getReceiver: {
    method: 'get',
    path: '/receiver',
    access: 'viewer',
    response: schema.receiver,
    summary: 'The DICOM receiver: ports, certificate, and whether it takes associations',
  },
  pauseReceiver: {
    method: 'post',
    path: '/receiver/pause',
    access: 'administrator',
    response: schema.receiver,
    changes: ['receiver'],
    summary: 'Refuses new associations for the time being; open ones go on',
  },
  resumeReceiver: {
    method: 'post',
    path: '/receiver/resume',
    access: 'administrator',
    response: schema.receiver,
    changes: ['receiver'],
    summary: 'Takes associations again',
  },
  listPeers: {
    method: 'get',
    path: '/peers',
    access: 'viewer',
    response: schema.peerList,
    summary: 'Who may send, and who knocked without being allowed',
  },
  addPeer: {
    method: 'post',
    path: '/peers',
    access: 'administrator',
    body: schema.peerTerms,
    response: schema.peer,
    changes: ['receiver'],
    summary: 'Allows a peer; acts on the next association',
  },
  allowPeer: {
    method: 'post',
    path: '/peers/allow',
    access: 'administrator',
    body: schema.allowedKnocker,
    response: schema.peer,
    changes: ['receiver'],
    summary: 'Allows who knocked: this AE title from this address',
  },
  forgetKnock: {
    method: 'post',
    path: '/peers/forget',
    access: 'administrator',
    body: schema.knocker,
    response: schema.peerList,
    changes: ['receiver'],
    summary: 'Takes a knock off the list without allowing anybody',
  },
  changePeer: {
    method: 'put',
    path: '/peers/:id',
    access: 'administrator',
    params: identified,
    body: schema.peerTerms,
    response: schema.peer,
    changes: ['receiver'],
    summary: 'Changes a peer; acts on the next association',
  },
  removePeer: {
    method: 'delete',
    path: '/peers/:id',
    access: 'administrator',
    params: identified,
    response: schema.peerList,
    changes: ['receiver'],
    summary: 'Removes a peer; its open associations go on',
  },
  listAssociations: {
    method: 'get',
    path: '/associations',
    access: 'viewer',
    query: common.page,
    response: schema.associationPage,
    summary: 'Associations, newest first',
  },
  getAssociation: {
    method: 'get',
    path: '/associations/:id',
    access: 'viewer',
    params: identified,
    response: schema.associationDetail,
    summary: 'One association with what it offered and what was accepted',
  },
} as const satisfies Record<string, Route>;
