/**
 * Checks the walls of the house with dependency-cruiser, and that the check itself works: it must have
 * seen the modules (a parser that does not know TypeScript sees none and passes), and it must
 * fail on planted violations.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Report {
  readonly modules: { source: string }[];
  readonly summary: { violations: { rule: { name: string }; from: string; to: string }[]; totalCruised: number };
}

const ROOTS = ['node-agent', 'main', 'renderer'];

/** Each plant is a line that must be refused, and the rule that must refuse it. */
const PLANTS = [
  { room: 'hub', line: `import '../vault/pseudonymiser.ts';`, rule: 'zones' },
  { room: 'catalogue', line: `import '../deidentify/engine.ts';`, rule: 'zones' },
  {
    room: 'governance',
    line: `import type { Identity } from '../vault/identity-table.ts';\nexport type Planted = Identity;`,
    rule: 'zones',
  },
  { room: 'materialise', line: `import '../vault/pseudonymiser.ts';`, rule: 'zones' },
  { room: 'materialise', line: `import '../governance/dataset-register.ts';`, rule: 'floor-materialise' },
  { room: 'compute', line: `import 'undici';`, rule: 'one-door-out' },
  { room: 'hub', line: `import 'node:https';`, rule: 'one-door-out' },
  { room: 'api', line: `import 'node:tls';`, rule: 'tls-belongs-to-the-receiver' },
  { room: 'intake', line: `import 'node:tls';`, rule: 'tls-belongs-to-the-receiver' },
  { room: 'operations', line: `import 'node:net';`, rule: 'sockets-belong-to-the-receiver' },
  { room: 'dicom', line: `import '../store/database.ts';`, rule: 'floor-dicom' },
  { room: 'store', line: `import '../api/server.ts';`, rule: 'floor-store' },
] as const;

function cruise(): Report {
  const words = [
    'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...ROOTS,
  ];
  const result = spawnSync(process.execPath, words, { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  if (!result.stdout) throw new Error(`dependency-cruiser said nothing: ${result.stderr}`);
  return JSON.parse(result.stdout) as Report;
}

function countSources(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !name.includes('dist/'),
  ).length;
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}

const report = cruise();
const expected = ROOTS.reduce((sum, root) => sum + countSources(root), 0);
const seen = report.modules.filter(
  ({ source }) => ROOTS.some((root) => source.startsWith(`${root}/`)) && /\.tsx?$/.test(source),
).length;
if (seen < expected) fail(`The boundary check saw ${seen} of ${expected} modules; it cannot be trusted.`);
for (const { rule, from, to } of report.summary.violations) console.error(`${rule.name}: ${from} → ${to}`);
if (report.summary.violations.length > 0) fail('A wall of the house is broken (CONTRIBUTING.md, "The house").');

const planted = PLANTS.map((plant, number) => ({
  ...plant,
  file: join('node-agent', plant.room, `planted-violation-${number}.ts`),
}));
try {
  for (const { file, room, line } of planted) {
    mkdirSync(join('node-agent', room), { recursive: true });
    writeFileSync(file, `${line}\n`);
  }
  const { violations } = cruise().summary;
  for (const { file, rule } of planted) {
    if (!violations.some((violation) => violation.from === file && violation.rule.name === rule)) {
      fail(`A planted violation of "${rule}" was not noticed; the boundary check cannot be trusted.`);
    }
  }
} finally {
  for (const { file } of planted) rmSync(file, { force: true });
}
console.log(`Boundaries hold: ${seen} modules, ${planted.length} planted violations noticed.`);
