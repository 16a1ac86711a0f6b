import { verifyAuditFolder } from '../audit/audit-log.ts';
import { dataFolderAt } from '../store/data-folder.ts';
import { type Command, print } from './command.ts';

export const auditVerify: Command = {
  name: ['audit', 'verify'],
  usage: 'audit verify',
  summary: 'Recomputes the hash chain of the audit log.',
  positionals: 0,
  run: async ({ dataFolder }) => {
    const { intact, sentence } = verifyAuditFolder(dataFolderAt(dataFolder).audit);
    print(sentence);
    return intact ? 0 : 1;
  },
};
