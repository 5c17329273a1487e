/**
 * Hosts spell one model in many ways. A key keeps what tells models apart: numbers in their order, words in any order.
 * `claude-4-5-sonnet`, `claude-sonnet-4.5` and `anthropic.claude-sonnet-4-5` have one key; `gpt-5.4` and `gpt-4.5` do not.
 */

/** Words that say how a host serves a model, not which: they become the endpoint's tag or vanish. */
const QUANTIZATIONS = new Set(['fp4', 'nvfp4', 'mxfp4', 'fp8', 'mxfp8', 'bf16', 'fp16', 'int4', 'int8']);
const SPEEDS = new Set(['turbo', 'fast', 'highspeed', 'ultraspeed', 'lightning', 'tput', 'lite']);
const NOISE = new Set([
  ...['instruct', 'it', 'chat', 'tee', 'maas', 'versatile', 'instant', 'latest', 'hf', 'awq', 'default', 'original'],
  ...['preview', 'openai', 'anthropic', 'alibaba', 'databricks', 'meta', 'dynamic', 'high', 'throughput', '17b', '16e'],
  ...['128e'],
]);

/** One way to read a host's id of a model: the key to compare by, and what the id says beside it. */
export type NameReading = { readonly key: string; readonly quantization?: string; readonly speed?: string };

/** All readings of a host's id, the strictest first. */
export function readings(id: string): NameReading[] {
  const words = tokens(id);
  const undated = withoutDate(words);
  const found: NameReading[] = [{ key: keyOf(words) }, { key: keyOf(undated) }];
  const quantization = undated.find((word) => QUANTIZATIONS.has(word));
  const plain = undated.filter((word) => !QUANTIZATIONS.has(word));
  const how = quantization === undefined ? {} : { quantization };
  found.push({ key: keyOf(plain), ...how });
  found.push({ key: keyOf(plain.filter((word) => word !== 'latest')), ...how });
  const noiseless = plain.filter((word) => !NOISE.has(word));
  found.push({ key: keyOf(noiseless), ...how });
  const speed = noiseless.find((word) => SPEEDS.has(word));
  if (speed !== undefined) {
    const slow = noiseless.filter((word) => word !== speed);
    found.push(
      { key: keyOf(plain.filter((word) => word !== speed)), ...how, speed },
      { key: keyOf(slow), ...how, speed },
    );
  }
  const unversioned = noiseless.filter((word) => !/^v\d$/.test(word));
  found.push({ key: keyOf(unversioned), ...how });
  return found.filter((reading) => reading.key.length > 1);
}

/** The keys under which a canonical slug can be found, the strictest first. */
export function keysOfSlug(slug: string): string[] {
  const words = tokens(slug);
  const undated = withoutDate(words);
  const noiseless = undated.filter((word) => !NOISE.has(word));
  return [keyOf(words), keyOf(undated), keyOf(noiseless)];
}

/** A host's id as the slug of a new model. */
export function slugOf(id: string): string {
  const last = lastSegment(id);
  return last
    .toLowerCase()
    .replace(DOTTED_PREFIX, '')
    .replace(REVISION, '')
    .replace(/[@:].*$/, '')
    .replace(/(\d)p(\d)/g, '$1.$2')
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** `anthropic.` before a model, as Amazon writes its authors. */
const DOTTED_PREFIX = /^(?:[a-z]+\.)+(?=[a-z])/;
/** `-1:0`, `:0`, `@default`: a host's own revision. */
const REVISION = /(?:-1)?:\d+$|@default$/;

const lastSegment = (id: string): string => id.replace(/^hf:/, '').split('/').at(-1) ?? id;

function tokens(id: string): string[] {
  return lastSegment(id)
    .toLowerCase()
    .replace(DOTTED_PREFIX, '')
    .replace(REVISION, '')
    .replace(/(\d)p(\d)/g, '$1-$2')
    .split(/[^a-z0-9]+/)
    .flatMap((word) => (QUANTIZATIONS.has(word) ? [word] : (/^([a-z]{3,})(\d+)$/.exec(word)?.slice(1) ?? [word])))
    .filter(Boolean);
}

function withoutDate(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (/^20\d{6}$/.test(word)) continue;
    const isDate = /^20\d\d$/.test(word) && /^\d\d$/.test(words[at + 1] ?? '') && /^\d\d$/.test(words[at + 2] ?? '');
    if (isDate) at += 2;
    else kept.push(word);
  }
  return kept;
}

const keyOf = (words: readonly string[]): string => {
  const numbers = words.filter((word) => /^\d+$/.test(word));
  const rest = words.filter((word) => !/^\d+$/.test(word));
  return `${numbers.join('.')}|${rest.sort().join(' ')}`;
};
