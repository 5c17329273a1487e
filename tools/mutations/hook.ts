/** Loaded into every process of a test (`--import`): one file reads as its mutant does. `MUTANT` says which and how. */
import { registerHooks } from 'node:module';

const { MUTANT } = process.env;
if (MUTANT) {
  const { url, start, end, text } = JSON.parse(MUTANT) as {
    readonly url: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  };
  registerHooks({
    load: (loaded, context, next) => {
      const result = next(loaded, context);
      if (loaded !== url) return result;
      const source = Buffer.from(result.source as Uint8Array).toString('utf8');
      return { ...result, source: source.slice(0, start) + text + source.slice(end) };
    },
  });
}
