/** Ten thousand damaged objects, with a new seed each time unless one is given. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DamagedResult, runDamaged } from '../deidentify/damaged-objects.ts';

const COUNT = 10_000;

/** @throws Error with every fault when there is one */
export async function soakDamagedObjects(
  seed: string = String(Date.now()),
  count: number = COUNT,
): Promise<DamagedResult> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-soak-'));
  try {
    const result = await runDamaged({ seed, count, folder });
    if (result.faults.length > 0) throw new Error(`Seed ${seed}: ${result.faults.join('; ')}`);
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (import.meta.main) {
  const seed = process.env.FUZZ_SEED ?? String(Date.now());
  const count = Number(process.env.FUZZ_ROUNDS ?? COUNT);
  process.stdout.write(`damaged objects, FUZZ_SEED=${seed}\n`);
  process.stdout.write(`${JSON.stringify((await soakDamagedObjects(seed, count)).ends, null, 2)}\n`);
}
