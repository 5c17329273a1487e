import type { Provider } from '../../../catalog/provider.ts';
import type { Route } from '../../route.ts';

export type ProviderJson = {
  readonly name: string;
  readonly slug: string;
  readonly privacy_policy_url: string | null;
  readonly terms_of_service_url: string | null;
  readonly status_page_url: string | null;
  readonly headquarters: string | null;
  readonly datacenters: readonly string[] | null;
};

export const providerJson = ({ name, slug, policy }: Provider): ProviderJson => ({
  name,
  slug,
  privacy_policy_url: policy.privacyUrl ?? null,
  terms_of_service_url: policy.termsUrl ?? null,
  status_page_url: policy.statusUrl ?? null,
  headquarters: policy.headquarters ?? null,
  datacenters: policy.datacenters ?? null,
});

/** `GET /providers`: every host the catalogue knows, by name. */
export const LIST_PROVIDERS: Route = {
  method: 'GET',
  path: '/providers',
  auth: 'none',
  handle: (_request, gateway) => {
    const providers = [...gateway.catalog().providers.values()];
    const data = providers.map(providerJson).sort((a, b) => a.name.localeCompare(b.name, 'en'));
    return { status: 200, json: { data } };
  },
};
