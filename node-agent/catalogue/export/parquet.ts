/** Apache Parquet, written a group of rows at a time. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ExportRow } from './export-rows.ts';
import type { ExportColumn } from './export-tables.ts';

/** Rows that are held until they are written: the memory an export takes. */
const ROWS_OF_GROUP = 20_000;

const TYPES = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  integer: { type: 'INT64' },
  decimal: { type: 'DOUBLE' },
} as const;

export class ParquetStream {
  readonly #columns: readonly ExportColumn[];
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  #rows: ExportRow[] = [];

  /** Every column may hold nulls. */
  constructor(columns: readonly ExportColumn[]) {
    this.#columns = columns;
    const fields = columns.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TYPES[type] }));
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: [{ name: 'root', num_children: fields.length }, ...fields],
      createdBy: 'Gatehouse',
    });
  }

  /** @returns bytes to pass on, if there are any yet */
  add(rows: readonly ExportRow[]): Buffer | undefined {
    this.#rows.push(...rows);
    if (this.#rows.length < ROWS_OF_GROUP) return undefined;
    this.#writeGroup();
    return this.#take();
  }

  /** The last group and the footer. */
  end(): Buffer {
    if (this.#rows.length > 0) this.#writeGroup();
    void this.#writer.finish();
    return this.#take();
  }

  #writeGroup(): void {
    const columnData = this.#columns.map(({ name, type }, index) => {
      const values = this.#rows.map((row) => row[index] ?? null);
      const data = type === 'integer' ? values.map((value) => (value === null ? null : BigInt(value))) : values;
      return { name, data };
    });
    void this.#writer.write({ columnData, rowGroupSize: this.#rows.length });
    this.#rows = [];
  }

  #take(): Buffer {
    const taken = Buffer.from(this.#bytes.getBytes());
    this.#bytes.index = 0;
    return taken;
  }
}
