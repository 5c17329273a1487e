import { may } from '../../../access/may.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import { offersOf } from '../../../router/offer.ts';
import type { RouteRequest } from '../../route.ts';
import { form } from '../form.ts';
import { type Html, html, type Part } from '../html.ts';
import { modelCards } from '../model-cards.ts';
import { displayName, realModels } from '../model-words.ts';
import { providerOptions, SECRET_HINT, TEST } from './provider-key.ts';

/** What an operator sees first where no provider is on: a place for a key, which its provider is asked about at once. */
export function onboarding({ caller }: RouteRequest, gateway: Gateway): Html | null {
  const catalog = gateway.catalog();
  const offers = offersOf(gateway.enabled());
  if (!may(caller, 'operate') || realModels(catalog).some((model) => offers(model)?.isOn)) return null;
  const fields = [
    { name: 'provider', label: 'Provider', kind: { options: providerOptions(catalog) }, required: true },
    { name: 'key', label: 'Key', kind: 'secret', required: true, hint: SECRET_HINT },
    TEST,
  ] as const;
  return html`<section class="part"><h2>No provider is on yet</h2>
<p class="lead">Paste a key of one. It is tested, and its models answer from then on. Until then there is the <a href="/docs/sandbox">sandbox</a>.</p>
${form({ name: 'first', action: '/settings/new/provider-keys', label: 'Test and add the key', fields, values: { test: 'true' } })}</section>`;
}

const TRIED_MAX = 8;
/** Models of a provider that a first question can be put to, right after its key was added. */
export function tryModels(provider: string, gateway: Gateway): Part {
  const models = realModels(gateway.catalog()).filter(
    ({ output, endpoints }) =>
      output.includes('text') && endpoints.some((endpoint) => endpoint.provider.slug === provider),
  );
  const [first] = models;
  if (!first) return null;
  return html`${modelCards(models.slice(0, TRIED_MAX), offersOf(gateway.enabled()), displayName)}
<p class="more"><a href="/chat?model=${encodeURIComponent(first.id)}">Ask ${displayName(first)} something now</a></p>`;
}
