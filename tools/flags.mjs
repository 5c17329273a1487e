/**
 * How the runtime is started to serve; the Dockerfile repeats it. Measured 2026-11-25:
 *
 * - Young generations of 32 MB that never shrink: V8 grows them only while much survives, and in a gateway almost nothing
 *   does, so after the first full collection it would scavenge a megabyte at a time (a fifth of the CPU under load).
 * - Bodies are counted with the rest of the heap, of which the first 128 MB may fill up: counted apart, every ninth
 *   image of 1 MB met a full collection of 40 ms.
 * - `gc` as a global: a second context, the other way to reach it, slows the first down for good.
 *
 * An idle process takes 2 MB more.
 */
export const FLAGS = [
  '--max-semi-space-size=32',
  '--min-semi-space-size=32',
  '--external-memory-accounted-in-global-limit',
  '--initial-old-space-size=128',
  '--expose-gc',
];
