/** Parsers and a SHACL engine that others wrote: what they read and find is held against what Gatehouse writes and finds. */
import jsonld from 'jsonld';
import { Parser, Store, Writer } from 'n3';
import ShaclValidator from 'rdf-validate-shacl';
import { SHAPE_NAMESPACE } from '../../../node-agent/catalogue/record/shapes-turtle.ts';

/** Its types are of an older version. */
const canonize = jsonld.canonize as unknown as (input: unknown, options: object) => Promise<string>;

/** N-Quads in canonical form: equal for equal graphs, whatever their blank nodes are called. */
export async function canonicalTurtle(turtle: string): Promise<string> {
  return canonize(new Writer({ format: 'N-Quads' }).quadsToString(new Parser().parse(turtle)), {
    algorithm: 'RDFC-1.0',
    inputFormat: 'application/n-quads',
  });
}

export async function canonicalJsonLd(document: unknown): Promise<string> {
  return canonize(document, { algorithm: 'RDFC-1.0', documentLoader: noNetwork, safe: true });
}

async function noNetwork(): Promise<never> {
  throw new Error('A record needs nothing from the network to be read.');
}

export interface EngineReport {
  readonly conforms: boolean;
  /** Names of the constraints that were broken, with their severity, sorted; repeated as often as they were. */
  readonly broken: string[];
  readonly messages: string[];
}

export class Engine {
  readonly #validator: ShaclValidator;

  constructor(shapes: string) {
    this.#validator = new ShaclValidator(new Store(new Parser().parse(shapes)));
  }

  async check(turtle: string): Promise<EngineReport> {
    const report = await this.#validator.validate(new Store(new Parser().parse(turtle)));
    return {
      conforms: report.conforms,
      broken: report.results
        .map(({ sourceShape, severity }) => {
          const name = String(sourceShape?.value).replace(SHAPE_NAMESPACE, '');
          return `${name} ${severity?.value.endsWith('Warning') ? 'warning' : 'violation'}`;
        })
        .sort(),
      messages: report.results.flatMap(({ message }) => message.map(({ value }) => value)),
    };
  }
}
