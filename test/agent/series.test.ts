import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openFoundation } from '../../node-agent/assembly/foundation.ts';
import { buildSeriesDesk, SeriesWork } from '../../node-agent/assembly/series-side.ts';
import { readSettings } from '../../node-agent/settings/settings.ts';
import { description, fileOf } from '../catalogue/fixtures.ts';
import { ctElements, writeSource } from '../deidentify/fixtures.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const WITHIN_MS = 30_000;

it('series that an earlier version indexed are classified from their files at the start', {
  timeout: 2 * WITHIN_MS,
}, async () => {
  const root = temporaryFolder();
  const foundation = openFoundation(root);
  onTestFinished(() => foundation.close());
  const object = description();
  const lost = description({ seriesUid: '2.25.1.2', instanceUid: '2.25.1.2.1' });
  for (const one of [object, lost]) foundation.catalogue.add(one, [], fileOf(one));
  const { source } = await writeSource(temporaryFolder(), ctElements());
  const file = join(root, fileOf(object).file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, readFileSync(source));
  const logger = { info: vi.fn(), error: vi.fn() };
  const desk = buildSeriesDesk(foundation, readSettings({}).values);
  const work = new SeriesWork({ desk, root, logger, onDone: () => {} });
  work.start();
  onTestFinished(() => work.stop());
  await vi.waitFor(() => expect(desk.unnoted()).toBeUndefined(), { timeout: WITHIN_MS });
  const series = foundation.catalogue.getStudy('2.25.1')?.seriesList;
  const modalities = series?.map(
    ({ harmonised }) => harmonised.find(({ attribute }) => attribute === 'modality')?.label,
  );
  expect(modalities).toEqual(['Computed tomography', null]);
  expect(logger.error).not.toHaveBeenCalled();
});
