import type { Answer } from '../client/call.ts';
import { CopyButton } from '../shared/copy-button.tsx';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Facts } from '../shared/facts.tsx';
import { Panel } from '../shared/panel.tsx';
import { SiteWordsPanel } from './site-words-panel.tsx';

type Profile = Answer<'getSystem'>['profile'];

const COLUMNS: readonly Column<Profile['tables'][number]>[] = [
  { id: 'name', header: 'Table', cell: (table) => table.name },
  { id: 'edition', header: 'Edition', width: 150, cell: (table) => table.edition },
  { id: 'source', header: 'Source', cell: (table) => <span className="break">{table.source}</span> },
];

/** By which rules patients are taken out: the profile, and the editions of its tables. */
export function ProfilePanel({ profile }: { profile: Profile }) {
  return (
    <div className="stack">
      <Panel
        title="Profile"
        description="The hash covers the profile, all its tables and the approved words; every study keeps the hash it was made with."
      >
        <Facts
          facts={[
            ['Name', profile.id],
            ['Version', profile.version],
            [
              'Hash',
              <span className="copyable" key="hash">
                <span className="mono break">{profile.hash}</span>
                <CopyButton value={profile.hash} name="the profile hash" />
              </span>,
            ],
          ]}
        />
      </Panel>
      <SiteWordsPanel />
      <Panel title="Tables" flush>
        <DataTable
          caption="Tables of the profile"
          columns={COLUMNS}
          rows={profile.tables}
          keyOf={(table) => table.name}
        />
      </Panel>
    </div>
  );
}
