/** The process that writes coarser copies of objects; it ends with the node. Its argument: the choices of the dataset. */
import { generalisationOf } from '../../catalogue/generalisation/generalisation.ts';
import { CoarseHeader } from './coarse-header.ts';
import { type CoarseTask, writeCoarse } from './coarse-object.ts';
import { headerRules } from './header-table.ts';

process.umask(0o077);
const choices = generalisationOf(process.argv[2] ?? '{}');
const header = new CoarseHeader(choices, headerRules(choices));
process.on('disconnect', () => process.exit(0));
process.on('message', (task) => {
  void writeCoarse(task as CoarseTask, header).then((answer) => process.send?.(answer));
});
