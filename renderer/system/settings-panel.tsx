import { Switch } from '@mantine/core';
import { useState } from 'react';
import type { Answer } from '../client/call.ts';
import { type Column, DataTable } from '../shared/data-table.tsx';
import { Panel } from '../shared/panel.tsx';
import { Tag } from '../shared/tag.tsx';

type Setting = Answer<'getSystem'>['settings'][number];

const COLUMNS: readonly Column<Setting>[] = [
  {
    id: 'name',
    header: 'Setting',
    cell: (setting) => (
      <>
        <span className="mono setting-name">{setting.name}</span>
        <span className="setting-description">{setting.description}</span>
      </>
    ),
  },
  {
    id: 'value',
    header: 'Value',
    width: '22%',
    cell: (setting) => <span className="mono break">{setting.value || 'empty'}</span>,
  },
  {
    id: 'default',
    header: 'Default',
    width: '18%',
    cell: (setting) => <span className="mono break dimmed">{setting.default || 'empty'}</span>,
  },
  {
    id: 'source',
    header: 'Comes from',
    width: 130,
    cell: (setting) => <Tag tone={setting.source === 'default' ? 'neutral' : 'accent'}>{setting.source}</Tag>,
  },
];

/** Every setting with its value, where the value comes from, and what it does. */
export function SettingsPanel({ settings }: { settings: readonly Setting[] }) {
  const [changedOnly, setChangedOnly] = useState(false);
  const shown = changedOnly ? settings.filter((setting) => setting.source !== 'default') : settings;
  return (
    <Panel
      title="Settings"
      description="Set on the command line (--set name=value), in the environment or in the settings file; they take effect at the next start."
      action={
        <Switch
          size="xs"
          label="Only changed ones"
          checked={changedOnly}
          onChange={(event) => setChangedOnly(event.currentTarget.checked)}
        />
      }
      flush
    >
      {shown.length === 0 ? (
        <p className="panel-empty">Every setting has its default.</p>
      ) : (
        <DataTable caption="Settings" columns={COLUMNS} rows={shown} keyOf={(setting) => setting.name} />
      )}
    </Panel>
  );
}
