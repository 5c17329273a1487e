import type { Environment } from '../catalog/environment.ts';
import type { StripeSettings } from '../payments/stripe.ts';
import { ConfigurationError } from './environment-values.ts';

/** By what credits are sold; null = they are not. */
export function stripeOf(environment: Environment): StripeSettings | null {
  const feePpm = percentOf(environment.SWITCHWRIGHT_PURCHASE_FEE_PERCENT ?? '');
  const secretKey = environment.SWITCHWRIGHT_STRIPE_KEY?.trim() ?? '';
  const webhookSecret = environment.SWITCHWRIGHT_STRIPE_WEBHOOK_SECRET?.trim() ?? '';
  if (secretKey === '' && webhookSecret === '') return null;
  if (secretKey === '' || webhookSecret === '')
    throw new ConfigurationError(
      'SWITCHWRIGHT_STRIPE_KEY and SWITCHWRIGHT_STRIPE_WEBHOOK_SECRET are set together: without the one nothing is sold, without the other nothing is credited.',
    );
  const url = environment.SWITCHWRIGHT_STRIPE_URL?.trim() || null;
  const parsed = url === null ? null : URL.parse(url);
  if (
    url !== null &&
    (!parsed || !/^https?:$/.test(parsed.protocol) || parsed.pathname !== '/' || parsed.search !== '')
  )
    throw new ConfigurationError(
      `SWITCHWRIGHT_STRIPE_URL must be an address without a path, such as https://stripe.example.com, not "${url}".`,
    );
  return { secretKey, webhookSecret, url, feePpm };
}

function percentOf(text: string): number {
  const percent = Number(text || '0');
  if (!(percent >= 0 && percent <= 100))
    throw new ConfigurationError(`SWITCHWRIGHT_PURCHASE_FEE_PERCENT must be a number from 0 to 100, not "${text}".`);
  return Math.round(percent * 10_000);
}
