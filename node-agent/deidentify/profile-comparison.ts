/** What would change if another profile were used: counted over explanations of the same objects by both. */
import type { Explanation } from './engine.ts';
import type { ExplainedElement } from './explanation.ts';

export interface ChangedAttribute {
  /** Tags from the outside in, [*] for items. */
  readonly attribute: string;
  readonly name: string | undefined;
  /** What is done now and what would be done, with the rules: '→' stands between. */
  readonly change: string;
  readonly objects: number;
  readonly devices: readonly string[];
}

export interface ComparisonDocument {
  readonly from: { readonly profile: string; readonly hash: string } | undefined;
  readonly to: { readonly profile: string; readonly hash: string } | undefined;
  readonly objects: number;
  /** Objects of which anything would change. */
  readonly changedObjects: number;
  /** Objects that one of the two would keep back or leave out and the other not, or for another cause. */
  readonly otherOutcome: number;
  readonly devices: readonly string[];
  readonly attributes: readonly ChangedAttribute[];
}

interface Counted {
  readonly attribute: string;
  readonly name: string | undefined;
  readonly change: string;
  objects: number;
  readonly devices: Set<string>;
}

export class ProfileComparison {
  readonly #changes = new Map<string, Counted>();
  readonly #devices = new Set<string>();
  #objects = 0;
  #changed = 0;
  #otherOutcome = 0;
  #from: ComparisonDocument['from'];
  #to: ComparisonDocument['to'];

  /** @param now @param then the same object by the profile in use and by the other */
  add(now: Explanation, then: Explanation): void {
    this.#objects += 1;
    this.#from ??= { profile: now.profile, hash: now.profileHash };
    this.#to ??= { profile: then.profile, hash: then.profileHash };
    const otherOutcome = outcomeOf(now) !== outcomeOf(then);
    if (otherOutcome) this.#otherOutcome += 1;
    const changes = changesBetween(now.elements, then.elements);
    if (changes.size > 0 || otherOutcome) this.#changed += 1;
    if (changes.size > 0) this.#devices.add(now.device);
    for (const [key, change] of changes) {
      const known = this.#changes.get(key) ?? { ...change, objects: 0, devices: new Set<string>() };
      known.objects += 1;
      known.devices.add(now.device);
      this.#changes.set(key, known);
    }
  }

  toDocument(): ComparisonDocument {
    const attributes = [...this.#changes.values()]
      .sort((one, other) => (one.attribute < other.attribute ? -1 : 1))
      .map(({ devices, ...change }) => ({ ...change, devices: [...devices].sort() }));
    return {
      from: this.#from,
      to: this.#to,
      objects: this.#objects,
      changedObjects: this.#changed,
      otherOutcome: this.#otherOutcome,
      devices: [...this.#devices].sort(),
      attributes,
    };
  }
}

type Change = Pick<Counted, 'attribute' | 'name' | 'change'>;

/** Each kind of change once, however many elements of the object it means. */
function changesBetween(
  now: readonly ExplainedElement[],
  then: readonly ExplainedElement[],
): ReadonlyMap<string, Change> {
  const others = new Map(then.map((element) => [element.path, element]));
  const changes = new Map<string, Change>();
  for (const element of now) {
    const other = others.get(element.path);
    others.delete(element.path);
    if (other !== undefined && other.action === element.action && other.after === element.after) continue;
    note(changes, element, `${inWords(element)} → ${other === undefined ? 'not there' : inWords(other)}`);
  }
  for (const element of others.values()) note(changes, element, `not there → ${inWords(element)}`);
  return changes;
}

function note(changes: Map<string, Change>, { path, name }: ExplainedElement, change: string): void {
  const attribute = path.replace(/\[\d+\]/g, '[*]');
  changes.set(`${attribute} ${change}`, { attribute, name, change });
}

function inWords({ action, rule }: ExplainedElement): string {
  return `${action} (${rule})`;
}

function outcomeOf({ refusal }: Explanation): string {
  if (refusal === undefined) return 'deidentified';
  return refusal.kind === 'excluded' ? refusal.rule : refusal.cause;
}
