/**
 * Where `deidentify` puts the originals that it keeps back: `<cause>/<fingerprint>.dcm` with a note of the cause beside it.
 * The name is a keyed fingerprint of the content, so that it tells nothing and a second run finds it there.
 */

import { createHmac, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { describeCause } from '../pipeline/causes.ts';

const NAME_LENGTH = 32;

export class RefusedFolder {
  readonly #root: string;
  readonly #key: KeyObject;

  /** @param key for the fingerprints; of this purpose alone */
  constructor(root: string, key: KeyObject) {
    this.#root = root;
    this.#key = key;
  }

  /**
   * Copies an original and notes why it was kept back. Only the user who runs the command may read them.
   * @returns the place of the copy, relative to the folder
   * @throws the operating system's error
   */
  async keep(source: string, cause: string, detail: string | undefined): Promise<string> {
    const folder = join(this.#root, cause);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = await this.#fingerprint(source);
    const [temporary, target] = [join(folder, `${name}.part`), join(folder, `${name}.dcm`)];
    try {
      await copyFile(source, temporary);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    const { title, sentence, fix } = describeCause(cause);
    const note = { cause, title, sentence, fix, ...(detail === undefined ? {} : { detail }) };
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
    return join(cause, `${name}.dcm`);
  }

  async #fingerprint(source: string): Promise<string> {
    const hmac = createHmac('sha256', this.#key);
    await pipeline(createReadStream(source), hmac);
    return hmac.digest('hex').slice(0, NAME_LENGTH);
  }
}
