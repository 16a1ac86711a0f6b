/** A site and the stand-in hub, fresh for each test of the connector. */
import { afterEach, beforeEach } from 'vitest';
import type { HubConnector } from '../../node-agent/hub/connector.ts';
import { Site } from './site.ts';
import { type StandInHub, startStandInHub } from './stand-in-hub.ts';

export const FIRST = { offset: 0, limit: 50 };

export let hub: StandInHub;
export let site: Site;

export function freshForEachTest(): void {
  beforeEach(async () => {
    hub = await startStandInHub();
    site = new Site();
  });
  afterEach(async () => {
    await site.close();
    await hub.stop();
  });
}

export const taskOf = (connector: HubConnector, id: string) =>
  connector.tasks(FIRST).rows.find(({ taskId }) => taskId === id);

export function started(options: Parameters<Site['connector']>[1] = {}, url = hub.url): HubConnector {
  const connector = site.connector(url, options);
  connector.start();
  return connector;
}
