/** The addresses of host names that peers are known by, looked up beforehand so that a decision never waits long. */
import { lookup } from 'node:dns/promises';
import { normalAddress } from './address.ts';

interface Known {
  readonly addresses: readonly string[];
  readonly at: number;
}

/** Looks a name up; rejects where the name server does not know it. */
export type Resolve = (name: string) => Promise<readonly string[]>;

const FRESH_MILLISECONDS = 60_000;
/** An answer this old is forgotten when the name server is silent: the address may belong to somebody else by now. */
const USABLE_MILLISECONDS = 10 * 60_000;
const LONGEST_WAIT_MILLISECONDS = 3_000;

const askSystem: Resolve = async (name) => (await lookup(name, { all: true })).map(({ address }) => address);

export class HostNames {
  readonly #resolve: Resolve;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly #asking = new Map<string, Promise<void>>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(resolve: Resolve = askSystem, now: () => number = () => performance.now()) {
    this.#resolve = resolve;
    this.#now = now;
  }

  /** What is known now; nothing when the name could not be resolved, so that nobody is let in by it. */
  addressesOf(name: string): readonly string[] {
    const known = this.#known.get(name);
    return known && this.#now() - known.at < USABLE_MILLISECONDS ? known.addresses : [];
  }

  /** Refreshes what is old; the promise waits only for names nothing usable is known of, and not for long. */
  prepare(names: readonly string[]): Promise<void> | undefined {
    for (const name of this.#known.keys()) if (!names.includes(name)) this.#known.delete(name);
    const unknown: Promise<void>[] = [];
    for (const name of names) {
      const age = this.#now() - (this.#known.get(name)?.at ?? Number.NEGATIVE_INFINITY);
      if (age < FRESH_MILLISECONDS) continue;
      const asking = this.#asking.get(name) ?? this.#ask(name);
      if (age >= USABLE_MILLISECONDS) unknown.push(asking);
    }
    return unknown.length === 0 ? undefined : Promise.race([Promise.all(unknown), longEnough()]).then(() => {});
  }

  #ask(name: string): Promise<void> {
    const asking = this.#resolve(name)
      .then((found) => found.flatMap((address) => normalAddress(address) ?? []))
      .then((addresses) => void this.#known.set(name, { addresses, at: this.#now() }))
      .catch(() => {
        // Asked again for the next association; until then the older answer holds while it is usable.
      })
      .finally(() => this.#asking.delete(name));
    this.#asking.set(name, asking);
    return asking;
  }
}

function longEnough(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LONGEST_WAIT_MILLISECONDS).unref());
}
