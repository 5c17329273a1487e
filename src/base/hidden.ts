import { inspect } from 'node:util';

const HIDDEN = '[hidden]';

/**
 * A text that must be shown nowhere. Whoever prints, logs or writes it as JSON gets a word in its place; whoever needs it
 * says so, by `reveal`.
 */
export class Hidden {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}
