/** A process that puts one table after the other into use until it is killed. */
import { prepareTable } from '../../node-agent/harmonise/tables/table-import.ts';
import { TableShelf } from '../../node-agent/harmonise/tables/table-shelf.ts';

const [folder = ''] = process.argv.slice(2);
const shelf = new TableShelf(folder);
const CODES = ['IMG1000044', 'IMG1000046', 'IMG1000047'];
for (let round = 1; ; round += 1) {
  const spellings = (code: string) => Array.from({ length: 100 }, (_, index) => `${code} spelling ${index}`).join('|');
  const rows = CODES.map((code) => `${code},Round ${round},${spellings(code)}`);
  const bytes = Buffer.from(`# version: round-${round}\ncode,label,spellings\n${rows.join('\n')}\n`);
  const { name, content } = prepareTable(shelf, bytes, { table: 'manufacturer', by: 'test', now: new Date() });
  shelf.install(name, content);
  await new Promise((resolve) => process.send?.(round, resolve));
}
