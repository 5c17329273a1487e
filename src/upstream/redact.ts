import type { Fault } from '../base/fault.ts';
import type { WireRequest } from '../base/world.ts';

/** Shorter than this a text is no secret, and replacing it would garble the message. */
const SECRET_LENGTH_MIN = 6;
const HIDDEN = '[redacted]';

/** What signing added to a request: every text that must not come back in an error. */
export function secretsOf(before: WireRequest, signed: WireRequest): string[] {
  const secrets: string[] = [];
  for (const [name, value] of Object.entries(signed.headers)) {
    if (before.headers[name] === value || name === 'host' || name === 'x-amz-date') continue;
    secrets.push(value, value.replace(/^(?:Bearer|Token) /, ''));
    const signature = /Signature=([0-9a-f]+)/.exec(value)?.[1];
    if (signature !== undefined) secrets.push(signature);
  }
  return secrets.filter((secret) => secret.length >= SECRET_LENGTH_MIN);
}

/** The fault with every secret taken out of every text in it, and the raw body cut to 4 KB. */
export function redactFault(value: Fault, secrets: readonly string[]): Fault {
  const clean = redact(value, secrets) as Fault;
  const raw = clean.upstream?.raw;
  if (raw === undefined || raw.length <= 4096) return clean;
  return { ...clean, upstream: { ...clean.upstream, raw: raw.slice(0, 4096) } };
}

function redact(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return hideSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, redact(member, secrets)]));
}

/** A text without the secrets. */
export const hideSecrets = (text: string, secrets: readonly string[]): string => secrets.reduce(hide, text);

/** Also what is left of a secret where the text was cut in the middle of it. */
function hide(text: string, secret: string): string {
  const hidden = text.replaceAll(secret, HIDDEN);
  for (let length = secret.length - 1; length >= SECRET_LENGTH_MIN; length--)
    if (hidden.endsWith(secret.slice(0, length))) return hidden.slice(0, -length) + HIDDEN;
  return hidden;
}
