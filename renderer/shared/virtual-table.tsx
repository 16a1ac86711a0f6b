import { Skeleton, Table, VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { PagedRows } from '../client/pages.ts';
import { Cells, type Column, ColumnHeads } from './data-table.tsx';
import { ProblemNotice } from './problem-notice.tsx';

const OVERSCAN = 12;

interface VirtualTableProps<R> {
  readonly caption: string;
  readonly columns: readonly Column<R>[];
  readonly pages: PagedRows<R>;
  /** Height of one row in pixels; rows are one line. */
  readonly rowHeight?: number;
}

/** A table of any length that keeps only the rows on screen, with a real table's meaning for assistive technology. */
export function VirtualTable<R>({ caption, columns, pages, rowHeight = 38 }: VirtualTableProps<R>) {
  const frame = useRef<HTMLElement>(null);
  const total = pages.total ?? 0;
  const virtualizer = useVirtualizer({
    count: total,
    getScrollElement: () => frame.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { show } = pages;
  useEffect(() => show(first, last), [show, first, last]);
  const above = first * rowHeight;
  const below = Math.max(0, (total - last - 1) * rowHeight);
  if (pages.error) return <ProblemNotice error={pages.error} onRetry={pages.retry} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="virtual-table" ref={frame} tabIndex={0} aria-label={caption}>
      <Table className="data-table" aria-rowcount={total + 1}>
        <Table.Caption>
          <VisuallyHidden>{caption}</VisuallyHidden>
        </Table.Caption>
        <ColumnHeads columns={columns} />
        <Table.Tbody>
          {above > 0 && <Spacer height={above} columns={columns.length} />}
          {items.map((item) => {
            const row = pages.rowAt(item.index);
            return (
              <Table.Tr key={item.index} aria-rowindex={item.index + 2} style={{ height: rowHeight }}>
                {row === undefined ? (
                  <Table.Td colSpan={columns.length}>
                    <Skeleton height={12} />
                  </Table.Td>
                ) : (
                  <Cells columns={columns} row={row} />
                )}
              </Table.Tr>
            );
          })}
          {below > 0 && <Spacer height={below} columns={columns.length} />}
        </Table.Tbody>
      </Table>
    </section>
  );
}

function Spacer({ height, columns }: { height: number; columns: number }) {
  return (
    <tr className="spacer" aria-hidden style={{ height }}>
      <td colSpan={columns} />
    </tr>
  );
}
