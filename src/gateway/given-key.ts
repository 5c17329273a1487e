import { type Fault, fault } from '../base/fault.ts';
import type { Hidden } from '../base/hidden.ts';
import { redact } from '../base/redact.ts';
import type { Provider } from '../catalog/provider.ts';
import type { CredentialState } from '../upstream/credentials.ts';
import { examine, type Verdict } from '../upstream/examine.ts';
import { credentialGiven } from '../upstream/given-credentials.ts';
import { hideSecrets } from '../upstream/redact.ts';
import type { Gateway } from './gateway.ts';

/** Why a secret is no key of the provider's, as far as can be seen without asking it; null = it may be one. */
export function objectionToKey(provider: Provider, secret: Hidden): Fault | null {
  const made = credentialGiven(provider, { secret: secret.reveal(), label: '' });
  return made.ok ? null : fault('invalid_request', `key: ${made.error}`, { param: 'key' });
}

/** Asks the provider whether it takes the key. What it says of it is told without the key. */
export async function testKey({ world, upstream }: Gateway, provider: Provider, secret: Hidden): Promise<Verdict> {
  const text = secret.reveal();
  const made = credentialGiven(provider, { secret: text, label: '' });
  if (!made.ok) return { mark: '✗', text: made.error };
  const state: CredentialState = { ready: true, credential: made.value, others: [] };
  const verdict = await examine(world, provider, state, upstream.deadlines.headers_ms);
  return { ...verdict, text: redact(hideSecrets(verdict.text, secretsIn(text))) };
}

/** A credential in JSON has its secrets in its members. */
function secretsIn(text: string): readonly string[] {
  const words = text.split(/[\s",{}:\\]+/).filter((word) => word.length >= 8);
  return [text.trim(), ...words];
}
