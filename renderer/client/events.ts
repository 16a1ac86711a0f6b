import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import type { z } from 'zod';
import type { RouteName } from '../../node-agent/api/contract.ts';
import type { event } from '../../node-agent/api/schemas.ts';
import type { Answer } from './call.ts';
import { keyOf } from './queries.ts';

type AgentEvent = z.infer<typeof event>;
type Topic = Extract<AgentEvent, { type: 'changed' }>['topic'];

/** Which calls show something of a topic. */
const CALLS_OF_TOPIC: Readonly<Record<Topic, readonly RouteName[]>> = {
  studies: ['listStudies', 'getStudy', 'getFacets', 'previewCohort', 'getOverview'],
  quarantine: ['listQuarantine', 'getOverview'],
  datasets: ['listDatasets', 'getDataset', 'getRecord', 'getStudy'],
  hub: ['getHub', 'listHubTasks', 'listEgress'],
  associations: ['getOverview', 'listAssociations', 'getAssociation', 'getReceiver'],
  receiver: ['getReceiver', 'listPeers', 'getOverview'],
  retrieve: ['listArchives', 'getRetriever', 'listRetrieveRequests', 'getRetrieveRequest', 'listRetrieveStudies'],
  health: ['getOverview', 'getSystem'],
  imports: ['listImports', 'getOverview'],
  audit: ['listAudit'],
  vault: ['listOptOuts', 'listReidentifications'],
  materialisations: ['listMaterialisations', 'getMaterialisationObjections'],
  'site-words': ['countSiteWords', 'getSystem'],
  curation: ['listCuration'],
  vocabularies: ['listVocabularies', 'explainCode'],
  clinical: ['getClinical', 'listClinicalMappings'],
};
const FLUSH_MILLISECONDS = 1_500;
const RECONNECT_MILLISECONDS = 3_000;

type Connection = 'connecting' | 'open' | 'lost';

/** The agent's event stream: counts show at once, other topics make their screens read again, at most every 1.5 s. */
export class EventStream {
  readonly #client: QueryClient;
  readonly #listeners = new Set<() => void>();
  readonly #topics = new Set<Topic>();
  #source: EventSource | undefined;
  #flushTimer: ReturnType<typeof setTimeout> | undefined;
  #reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  #connection: Connection = 'connecting';

  constructor(client: QueryClient) {
    this.#client = client;
  }

  /** Connects; the returned function disconnects. */
  start(): () => void {
    this.#connect();
    return () => {
      this.#source?.close();
      clearTimeout(this.#flushTimer);
      clearTimeout(this.#reconnectTimer);
      this.#flushTimer = undefined;
      this.#topics.clear();
    };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly connection = (): Connection => this.#connection;

  #connect(): void {
    const source = new EventSource('/api/v1/events');
    this.#source = source;
    const receive = (message: MessageEvent<string>) => this.#receive(message.data);
    // Named or not: the stream may put the type into the event field as well.
    for (const type of ['message', 'counts', 'changed']) source.addEventListener(type, receive as EventListener);
    source.onopen = () => {
      // What changed while nobody listened is unknown: read everything shown again.
      if (this.#connection === 'lost') void this.#client.invalidateQueries();
      this.#become('open');
    };
    source.onerror = () => {
      this.#become('lost');
      if (source.readyState !== EventSource.CLOSED) return;
      // The browser gives up on an answer that is no stream (a restart, an ended session): ask who we are, try again.
      void this.#client.invalidateQueries({ queryKey: ['getSession'] });
      clearTimeout(this.#reconnectTimer);
      this.#reconnectTimer = setTimeout(() => this.#connect(), RECONNECT_MILLISECONDS);
    };
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as AgentEvent;
    if (message.type === 'counts') {
      this.#client.setQueryData<Answer<'getOverview'>>(
        keyOf('getOverview'),
        (known) => known && { ...known, counts: message.counts },
      );
      return;
    }
    this.#topics.add(message.topic);
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MILLISECONDS);
  }

  #flush(): void {
    this.#flushTimer = undefined;
    const names = new Set([...this.#topics].flatMap((topic) => CALLS_OF_TOPIC[topic]));
    this.#topics.clear();
    for (const name of names) void this.#client.invalidateQueries({ queryKey: [name] });
  }

  #become(connection: Connection): void {
    if (this.#connection === connection) return;
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}

/** Whether the event stream is connected, live. */
export function useConnection(stream: EventStream): Connection {
  return useSyncExternalStore(stream.subscribe, stream.connection);
}
