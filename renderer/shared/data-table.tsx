import { Table, VisuallyHidden } from '@mantine/core';
import type { ReactNode } from 'react';
import './data-table.css';

export interface Column<R> {
  readonly id: string;
  readonly header: ReactNode;
  readonly cell: (row: R) => ReactNode;
  readonly align?: 'left' | 'right';
  /** CSS width; the other columns share what is left. */
  readonly width?: number | string;
}

interface DataTableProps<R> {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly rows: readonly R[];
  readonly keyOf: (row: R) => string;
}

/** A table of all its rows. */
export function DataTable<R>({ caption, columns, rows, keyOf }: DataTableProps<R>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={caption}>
      <Table className="data-table">
        <Table.Caption>
          <VisuallyHidden>{caption}</VisuallyHidden>
        </Table.Caption>
        <ColumnHeads columns={columns} />
        <Table.Tbody>
          {rows.map((row) => (
            <Table.Tr key={keyOf(row)}>
              <Cells columns={columns} row={row} />
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}

/** The head of a table made from columns. */
export function ColumnHeads<R>({ columns }: { columns: readonly Column<R>[] }) {
  return (
    <Table.Thead>
      <Table.Tr>
        {columns.map((column) => (
          <Table.Th
            key={column.id}
            scope="col"
            className={column.align === 'right' ? 'cell-right' : ''}
            style={column.width === undefined ? {} : { width: column.width }}
          >
            {column.header}
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
  );
}

/** The cells of one row. */
export function Cells<R>({ columns, row }: { columns: readonly Column<R>[]; row: R }) {
  return columns.map((column) => (
    <Table.Td key={column.id} className={column.align === 'right' ? 'cell-right number' : ''}>
      {column.cell(row)}
    </Table.Td>
  ));
}
