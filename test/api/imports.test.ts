import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { apiRig, raw } from './rig.ts';

describe('cancelling an import', () => {
  it('is for administrators, ends one that waits, and knows no import that is not there', async () => {
    const rig = await apiRig();
    const run = rig.foundation.importRequests.request(temporaryFolder());
    const viewer = { cookie: await rig.cookieOf('vera', 'viewer') };
    const administrator = { cookie: await rig.cookieOf('ada', 'administrator') };
    const cancel = (id: string, headers = {}) =>
      raw(rig.url, `/api/v1/imports/${id}/cancel`, { method: 'POST', headers });
    expect((await cancel(run.id)).status).toBe(401);
    expect((await cancel(run.id, viewer)).status).toBe(403);
    expect(rig.foundation.importRequests.find(run.id)?.state).toBe('waiting');
    expect((await cancel('unknown', administrator)).status).toBe(404);
    expect(await cancel(run.id, administrator)).toMatchObject({ status: 200, json: { state: 'cancelled' } });
  });
});
