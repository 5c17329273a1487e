import { agentAfter, hopsOf } from '../base/hops.ts';
import { ok } from '../base/result.ts';
import type { Answered, Errand, Translation, Translations } from './errand.ts';

/** The errand of a caller that is a gateway like this one tells how many it has come through; any other stays as it is. */
export function passedOn<Answer extends Answered>(errand: Errand<Answer>, userAgent: string | null): Errand<Answer> {
  const hops = hopsOf(userAgent);
  if (hops === 0) return errand;
  const headers = { 'user-agent': agentAfter(hops + 1) };
  const told = (translation: Translation<Answer>): Translation<Answer> => ({
    ...translation,
    encode: (assets) => {
      const encoded = translation.encode(assets);
      return encoded.ok ? ok({ ...encoded.value, headers: { ...encoded.value.headers, ...headers } }) : encoded;
    },
  });
  return {
    ...errand,
    translate: (target) => {
      const translations = errand.translate(target);
      return translations.ok ? ok(translations.value.map(told) as unknown as Translations<Answer>) : translations;
    },
  };
}
