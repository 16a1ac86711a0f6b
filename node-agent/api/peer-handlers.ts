/** The receiver, its peers and their associations. */
import { type AssociationRow, type ContextGroup, decodeContexts } from '../store/association-record.ts';
import type { peerRoutes } from './contract/peers.ts';
import type { Handlers } from './handler.ts';
import { problems } from './problem.ts';
import type { ApiServices } from './services.ts';

type PeerRoutes = keyof typeof peerRoutes;

/** PS3.8 table 9-18. */
const ANSWERS: Readonly<Record<number, string>> = {
  0: 'accepted',
  1: 'refused: the peer may not use this service',
  3: 'refused: this service is not offered here',
  4: 'refused: no transfer syntax that is one',
};
const NOT_LOOKED_AT = 'not looked at: the association was rejected';

export function peerHandlers({
  peers,
  associations,
  receiver,
  sopClassName,
}: Pick<ApiServices, 'peers' | 'associations' | 'receiver' | 'sopClassName'>): Pick<Handlers, PeerRoutes> {
  const by = (name: string | undefined) => name ?? 'unknown';
  const context = ({ abstractSyntaxUid, offered, result, accepted, count }: ContextGroup) => ({
    abstractSyntax: sopClassName(abstractSyntaxUid),
    offered: offered.map(sopClassName),
    accepted: accepted && sopClassName(accepted),
    answer: result === null ? NOT_LOOKED_AT : (ANSWERS[result] ?? `refused (${result})`),
    count,
  });
  return {
    getReceiver: () => receiver(),
    pauseReceiver: (_input, { caller }) => {
      peers.pause(by(caller.user?.name));
      return receiver();
    },
    resumeReceiver: (_input, { caller }) => {
      peers.resume(by(caller.user?.name));
      return receiver();
    },

    listPeers: () => peers.list(),
    addPeer: ({ body }, { caller }) => peers.add(body, by(caller.user?.name)),
    changePeer: ({ params, body }, { caller }) => peers.change(params.id, body, by(caller.user?.name)),
    removePeer: ({ params }, { caller }) => {
      peers.remove(params.id, by(caller.user?.name));
      return peers.list();
    },
    allowPeer: ({ body }, { caller }) => peers.allow(body, by(caller.user?.name)),
    forgetKnock: ({ body }) => {
      peers.forget(body);
      return peers.list();
    },

    listAssociations: ({ query }) => ({
      total: associations.count(),
      rows: associations.newest(query.limit, query.offset).map(associationView),
    }),
    getAssociation: ({ params }) => {
      const row = associations.find(params.id);
      if (!row) throw problems.notFound('association with this id');
      return {
        ...associationView(row),
        certificate: row.certificate,
        contexts: decodeContexts(row.contexts).map(context),
      };
    },
  };
}

/** A row of the record as it is listed, without its contexts. */
export function associationView({
  associationId,
  contexts: _contexts,
  certificate: _certificate,
  ...row
}: AssociationRow) {
  return { id: associationId, ...row };
}
