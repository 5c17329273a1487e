import type { IdentityProvider } from '../facts/federation.ts';
import type { Fetching } from '../facts/fetching.ts';
import { type GitHub, openGitHub } from './github.ts';
import { type OidcIssuer, openOidc } from './oidc.ts';

/** Whom people may come from. */
export type FederationSettings = { readonly issuers: readonly OidcIssuer[]; readonly github: GitHub | null };

export const openIdentityProviders = (
  { issuers, github }: FederationSettings,
  parts: { readonly fetching: Fetching; readonly now: () => number },
): readonly IdentityProvider[] => [
  ...issuers.map((issuer) => openOidc(issuer, parts)),
  ...(github ? [openGitHub(github, parts.fetching)] : []),
];
