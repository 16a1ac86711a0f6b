/** Studies fetched from a PACS. */
import type { retrieveRoutes } from './contract/retrieve.ts';
import type { Caller, Handlers } from './handler.ts';
import type { ApiServices } from './services.ts';

type RetrieveRoutes = keyof typeof retrieveRoutes;

export function retrieveHandlers({ retrieve }: Pick<ApiServices, 'retrieve'>): Pick<Handlers, RetrieveRoutes> {
  const by = ({ user }: Caller) => user?.name ?? 'unknown';
  return {
    listArchives: () => retrieve.archives(),
    addArchive: ({ body }, { caller }) => retrieve.addArchive(body, by(caller)),
    changeArchive: ({ params, body }, { caller }) => retrieve.changeArchive({ ...body, tag: params.tag }, by(caller)),
    removeArchive: ({ params }, { caller }) => {
      retrieve.removeArchive(params.tag, by(caller));
      return retrieve.archives();
    },
    examineArchive: ({ params }) => retrieve.examine(params.tag),

    getRetriever: () => retrieve.state(),
    pauseRetriever: (_input, { caller }) => {
      retrieve.pause(by(caller));
      return retrieve.state();
    },
    resumeRetriever: (_input, { caller }) => {
      retrieve.resume(by(caller));
      return retrieve.state();
    },

    listRetrieveRequests: ({ query }) => retrieve.requests(query),
    getRetrieveRequest: ({ params }) => retrieve.request(params.id),
    addRetrieveRequest: ({ body }, { caller }) => retrieve.ask(body, by(caller)),
    countRetrieveRequest: ({ params }, { caller }) => retrieve.act('count', params.id, by(caller)),
    confirmRetrieveRequest: ({ params, body }, { caller }) => retrieve.confirm(params.id, body.again, by(caller)),
    pauseRetrieveRequest: ({ params }, { caller }) => retrieve.act('pause', params.id, by(caller)),
    resumeRetrieveRequest: ({ params }, { caller }) => retrieve.act('resume', params.id, by(caller)),
    cancelRetrieveRequest: ({ params }, { caller }) => retrieve.act('cancel', params.id, by(caller)),
    retryRetrieveRequest: ({ params }, { caller }) => retrieve.act('retry', params.id, by(caller)),

    listRetrieveStudies: ({ params, query }) => retrieve.studies(params.id, query),
    showRetrieveIdentities: ({ params, body }, { caller }) => retrieve.identities(params.id, body.studies, by(caller)),
    cancelRetrieveStudy: ({ params }, { caller }) => retrieve.actOnStudy('cancel', params.id, by(caller)),
    retryRetrieveStudy: ({ params }, { caller }) => retrieve.actOnStudy('retry', params.id, by(caller)),
  };
}
