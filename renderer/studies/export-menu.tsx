import { Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { requestPath } from '../client/request-path.ts';
import type { StudySearch } from './study-search.ts';

const TABLES = ['studies', 'series', 'instances'] as const;
const FORMATS = [
  ['csv', 'CSV'],
  ['parquet', 'Parquet'],
] as const;

/** Takes what the filters show out as a table. The download goes by the browser itself, which writes it as it comes. */
export function ExportMenu({ search }: { readonly search: StudySearch }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={16} aria-hidden />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>De-identified columns of what is shown; entered in the audit log</Menu.Label>
        {TABLES.flatMap((table) =>
          FORMATS.map(([format, name]) => (
            <Menu.Item
              key={`${table} ${format}`}
              component="a"
              href={requestPath('/index/export', {}, { ...search, table, format })}
              download
            >
              {`${table[0]?.toUpperCase()}${table.slice(1)} as ${name}`}
            </Menu.Item>
          )),
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
