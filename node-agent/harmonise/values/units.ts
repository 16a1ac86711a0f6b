/** Units of measure (UCUM): recognised as people write them, and converted within a dimension. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const unitSchema = z.strictObject({
  /** UCUM, case-sensitive. */
  code: z.string().min(1),
  name: z.string().min(1),
  dimension: z.string().min(1),
  /** To the unit of factor 1 of the dimension. */
  factor: z.number().positive(),
  spellings: z.array(z.string().min(1)),
  /** EUCAIM hyper-ontology. */
  ontology: z.string().min(1).optional(),
});
const unitFile = z.strictObject({
  version: z.string().min(1),
  edition: z.string().min(1),
  source: z.string().min(1),
  note: z.string(),
  units: z.array(unitSchema).min(1),
});

export type Unit = z.infer<typeof unitSchema>;

const DATA_FILE = join(import.meta.dirname, '..', 'data', 'units.json');
const QUANTITY = /^([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*(.*)$/su;

export class Units {
  readonly version: string;
  readonly all: readonly Unit[];
  readonly #byCode: ReadonlyMap<string, Unit>;
  readonly #bySpelling = new Map<string, Unit>();

  /** @throws Error naming the file and the place when it is missing, malformed or contradicts itself */
  constructor(file: string = DATA_FILE) {
    const { version, units } = readUnits(file);
    this.version = version;
    this.all = units;
    this.#byCode = new Map(units.map((unit) => [unit.code, unit]));
    for (const unit of units) {
      for (const spelling of [unit.name, ...unit.spellings]) {
        const other = this.#bySpelling.get(spelling.toLowerCase());
        if (other && other !== unit)
          throw new Error(`"${spelling}" is both ${other.code} and ${unit.code} in ${file}.`);
        this.#bySpelling.set(spelling.toLowerCase(), unit);
      }
    }
  }

  /** The unit that a text names, e.g. `kg`, `lbs` or `Jahre`. */
  find(text: string): Unit | undefined {
    const plain = text.trim().replace(/\.$/u, '');
    return this.#byCode.get(plain) ?? this.#bySpelling.get(plain.toLowerCase());
  }

  /** A value in another unit. @throws Error where the two measure different things */
  convert(value: number, from: string, to: string): number {
    const [source, target] = [this.#known(from), this.#known(to)];
    if (source.dimension !== target.dimension) throw new Error(`${from} measures ${source.dimension}, ${to} does not.`);
    return rounded((value * source.factor) / target.factor);
  }

  /**
   * A number with its unit, as people write them: `70 kg`, `1,75m`, `154 lbs`. Undefined where it is no number, or what
   * follows is no unit. @param implied the unit of a bare number
   */
  quantity(text: string, implied: string): { value: number; unit: Unit; stated: boolean } | undefined {
    const [, number, word = ''] = QUANTITY.exec(text.trim()) ?? [];
    if (number === undefined) return undefined;
    const unit = word.trim() === '' ? this.#known(implied) : this.find(word);
    return unit && { value: Number(number.replace(',', '.')), unit, stated: word.trim() !== '' };
  }

  #known(code: string): Unit {
    const unit = this.#byCode.get(code);
    if (!unit) throw new Error(`${code} is not in the table of units.`);
    return unit;
  }
}

/** Without the last digits that a conversion makes up. */
export function rounded(value: number): number {
  return Number(value.toPrecision(10));
}

function readUnits(file: string): z.infer<typeof unitFile> {
  try {
    return unitFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new Error(`The units ${file} cannot be used: ${reason}. Restore the ones of the release.`);
  }
}
