/**
 * The composition root: builds every part by constructor, starts them in order, and stops them in the
 * opposite order. One agent works on one data folder.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topic } from './api/contract.ts';
import { timepointTask } from './assembly/clinical-side.ts';
import { buildConsoleSide } from './assembly/console-side.ts';
import { type Foundation, openFoundation } from './assembly/foundation.ts';
import { housekeeping } from './assembly/housekeeping.ts';
import { buildHubSide } from './assembly/hub-side.ts';
import { buildIntakeSide } from './assembly/intake-side.ts';
import { buildMaterialiseDesk } from './assembly/materialise-side.ts';
import { buildSeriesDesk, SeriesWork } from './assembly/series-side.ts';
import { VERSION } from './assembly/version.ts';
import { buildVocabularySide } from './assembly/vocabulary-side.ts';
import { recoverSpool } from './intake/recovery.ts';
import { createLogger, type Logger } from './operations/logger.ts';
import { Schedule } from './operations/schedule.ts';
import type { ImportRequests } from './pipeline/import-requests.ts';
import type { Settings } from './settings/settings.ts';
import { createDataFolder } from './store/data-folder.ts';
import { lockDataFolder } from './store/folder-lock.ts';

export interface AgentOptions {
  readonly dataFolder: string;
  readonly settings: Settings;
  /** Pipeline and imports only: no receiver, no console, no hub. For commands that need no network. */
  readonly offline?: boolean;
}

export interface AgentAddress {
  readonly dicomPort: number;
  /** Left out while the TLS port is closed. */
  readonly dicomTlsPort?: number;
  readonly httpUrl: string;
}

/** How the window and other programs find a running node; removed when it stops. */
const RUN_FILE = 'run.json';

export class Agent {
  readonly address: AgentAddress;
  readonly importRequests: ImportRequests;
  /** Resolves when nothing waits for the pipeline. */
  readonly drained: () => Promise<void>;
  /** Stops the parts in the opposite order of their start. */
  readonly stop: () => Promise<void>;

  private constructor(parts: Pick<Agent, 'address' | 'importRequests' | 'drained' | 'stop'>) {
    this.address = parts.address;
    this.importRequests = parts.importRequests;
    this.drained = parts.drained;
    this.stop = parts.stop;
  }

  /** @throws StartUpError with a sentence on what to do; nothing is left running then */
  static async start({ dataFolder, settings, offline = false }: AgentOptions): Promise<Agent> {
    const folder = createDataFolder(dataFolder);
    const undo: (() => Promise<void> | void)[] = [];
    const stop = async () => {
      for (let step = undo.pop(); step; step = undo.pop()) await step();
    };
    try {
      const lock = lockDataFolder(folder.lock);
      undo.push(() => lock.release());
      const logger = createLogger({ level: settings.values['log.level'], logsFolder: folder.logs, console: !offline });
      undo.push(() => logger.close());
      const foundation = openFoundation(dataFolder);
      undo.push(() => foundation.close());
      return new Agent(await startParts({ foundation, settings, offline, logger, undo, stop }));
    } catch (error) {
      await stop();
      throw error;
    }
  }
}

interface StartParts {
  readonly foundation: Foundation;
  readonly settings: Settings;
  readonly offline: boolean;
  readonly logger: Logger;
  readonly undo: (() => Promise<void> | void)[];
  readonly stop: () => Promise<void>;
}

async function startParts({ foundation, settings, offline, logger, undo, stop }: StartParts) {
  const { folder, audit, importRequests } = foundation;
  const listeners = { changed: (_topic: Topic) => {} };
  const hub = buildHubSide(foundation, settings.values, logger, () => listeners.changed('hub'));
  const materialise = buildMaterialiseDesk(foundation, settings.values, logger, () =>
    listeners.changed('materialisations'),
  );
  const intake = buildIntakeSide(foundation, settings.values, logger, {
    onArrived: () => listeners.changed('associations'),
    onSettled: () => {
      listeners.changed('studies');
      listeners.changed('quarantine');
    },
    onImportChanged: () => listeners.changed('imports'),
    onKnocked: () => listeners.changed('receiver'),
    onRetrieveChanged: () => listeners.changed('retrieve'),
    onWithdrawn: () => {
      materialise.nudge();
      for (const topic of ['studies', 'quarantine', 'datasets', 'vault', 'materialisations'] as const)
        listeners.changed(topic);
    },
  });
  const series = new SeriesWork({
    desk: buildSeriesDesk(foundation, settings.values),
    root: folder.root,
    logger,
    onDone: () => listeners.changed('studies'),
  });
  const schedule = new Schedule([...housekeeping(foundation), timepointTask(foundation, settings.values)], logger);
  const vocabularies = buildVocabularySide({
    foundation,
    lookup: hub.vocabularies,
    logger,
    onChanged: () => listeners.changed('studies'),
  });

  const recovered = await recoverSpool({ ...foundation, logger });
  const held = foundation.ledger.idsInStates(['received', 'processing', 'quarantined', 'excluded']);
  foundation.sourceNames.sweep((objectId) => held.has(objectId));
  logger.info('The spool and the ledger agree.', { ...recovered });
  await intake.objects.open();
  // Before anything is processed, shown or answered: what was cut short is finished.
  await intake.optOuts.finishAll();
  intake.optOuts.start();
  undo.push(() => intake.optOuts.stop());
  undo.push(() => intake.workers.stop());
  intake.pipeline.start();
  undo.push(() => intake.pipeline.stop());
  series.start();
  undo.push(() => series.stop());
  await intake.uploads.removeAllBut(importRequests.pendingFolders());
  intake.imports.start();
  undo.push(() => intake.imports.stop());
  materialise.start();
  undo.push(() => materialise.stop());

  let address: AgentAddress = { dicomPort: 0, httpUrl: '' };
  if (!offline) {
    let ready = false;
    const console = buildConsoleSide({
      foundation,
      settings,
      logger,
      intake,
      hub,
      materialise,
      vocabularies,
      schedule,
      ready: () => ready,
    });
    listeners.changed = (topic) => console.events.changed(topic);
    audit.onRecorded(() => listeners.changed('audit'));
    undo.push(() => intake.stow.stop()); // once the API has closed its connections
    const { url } = await console.api.start();
    undo.push(() => console.api.stop());
    undo.push(() => hub.examiner.stop()); // before the API, which waits for what is being examined
    intake.commitmentReports.start();
    undo.push(() => intake.commitmentReports.stop());
    const { port, tlsPort } = await intake.receiver.start();
    undo.push(() => intake.receiver.stop());
    intake.watchedFolder?.start();
    undo.push(() => intake.watchedFolder?.stop());
    intake.retriever.start();
    undo.push(() => intake.retriever.stop());
    intake.retrieveDesk.start();
    undo.push(() => intake.retrieveDesk.stop());
    await hub.connector.start();
    undo.push(() => hub.connector.stop());
    vocabularies.recoding.start();
    undo.push(() => vocabularies.recoding.stop());
    schedule.start();
    undo.push(() => schedule.stop());
    address = { dicomPort: port, ...(tlsPort === undefined ? {} : { dicomTlsPort: tlsPort }), httpUrl: url };
    announce(folder.root, address);
    undo.push(() => rmSync(join(folder.root, RUN_FILE), { force: true }));
    ready = true;
    audit.record({ actor: 'node', action: 'node.started', subject: VERSION });
    undo.push(() => void audit.record({ actor: 'node', action: 'node.stopped', subject: VERSION }));
    logger.info('The node is ready.', { ...address });
  }
  return { address, importRequests, drained: () => intake.pipeline.drained().then(() => series.finish()), stop };
}

function announce(root: string, address: AgentAddress): void {
  writeFileSync(join(root, RUN_FILE), JSON.stringify({ ...address, processId: process.pid }), { mode: 0o600 });
}
