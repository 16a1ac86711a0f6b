import { writeFileSync } from 'node:fs';
import { VERSION } from '../assembly/version.ts';
import { conformanceStatement } from '../intake/conformance/conformance-statement.ts';
import { statementHtml } from '../intake/conformance/statement-html.ts';
import { StartUpError } from '../store/errors.ts';
import { type Command, print, settingsOf } from './command.ts';

export const conformance: Command = {
  name: ['conformance'],
  usage: 'conformance [--out FILE]',
  summary: 'Writes the DICOM Conformance Statement of this node as printable HTML.',
  options: { out: { type: 'string' } },
  positionals: 0,
  run: async (context) => {
    const html = statementHtml(conformanceStatement(settingsOf(context).values, VERSION));
    const { out } = context.values;
    if (typeof out !== 'string') {
      print(html);
      return 0;
    }
    try {
      writeFileSync(out, html, { flag: 'wx' });
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new StartUpError(`The statement cannot be written (${code}). Name a new file in a folder that is there.`);
    }
    return 0;
  },
};
