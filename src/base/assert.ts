/** Thrown when the program itself is wrong. Never caught to continue: the request that met it ends with `server`. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** States what must hold here, in production too. A failed assertion is a bug of ours, never a caller's mistake. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}
