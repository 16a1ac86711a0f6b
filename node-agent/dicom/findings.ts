/** Oddities that were tolerated while reading: sentences without values, each once, at most a few dozen. */
const MOST_FINDINGS = 32;

export class Findings {
  readonly #sentences = new Set<string>();

  add(sentence: string): void {
    if (this.#sentences.size < MOST_FINDINGS) this.#sentences.add(sentence);
  }

  list(): readonly string[] {
    return [...this.#sentences];
  }
}
