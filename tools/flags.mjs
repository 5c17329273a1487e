/**
 * How the runtime is started to serve; the Dockerfile repeats it. Young generations of 32 MB that never shrink: V8 grows
 * them only while much survives, and in a gateway almost nothing does, so after the first full collection it would
 * scavenge a megabyte at a time (a fifth of the CPU under load; an idle process takes 2 MB more). `gc` as a global: a
 * second context, the other way to reach it, slows the first down for good (both measured 2026-11-25).
 */
export const FLAGS = ['--max-semi-space-size=32', '--min-semi-space-size=32', '--expose-gc'];
