import { AuditHead } from '../audit/audit-head.ts';
import { verifyAuditFolder } from '../audit/audit-log.ts';
import { openDatabaseReadOnly } from '../store/database.ts';
import { type Command, print } from './command.ts';
import { existingNode } from './existing-node.ts';

export const auditVerify: Command = {
  name: ['audit', 'verify'],
  usage: 'audit verify',
  summary: 'Recomputes the hash chain of the audit log.',
  positionals: 0,
  run: async ({ dataFolder }) => {
    const { audit, indexDatabase } = existingNode(dataFolder);
    const { intact, sentence } = verifyAuditFolder(audit, headIn(indexDatabase));
    print(sentence);
    return intact ? 0 : 1;
  },
};

function headIn(file: string) {
  const database = openDatabaseReadOnly(file);
  try {
    return new AuditHead(database).read();
  } finally {
    database.close();
  }
}
