import * as oauth from 'openid-client';
import { isObject } from '../base/json.ts';
import type { EntryRules, IdentityProvider, Vouched } from '../facts/federation.ts';
import type { Fetching } from '../facts/fetching.ts';
import { fetchBy } from './fetch.ts';
import { authorizationUrl, exchange } from './flow.ts';

/** A provider that speaks OpenID Connect, found by its issuer (OpenID Connect Discovery 1.0). */
export type OidcIssuer = {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  /** Null = a public client: PKCE alone. */
  readonly clientSecret: string | null;
  readonly scope: string;
  /** Where groups stand among the claims, with dots where that is nested. */
  readonly groupsClaim: string;
  /** Which addresses count as verified: those that the provider says it of, all, or those that Google itself runs. */
  readonly emails: 'verified' | 'all' | 'google';
  readonly rules: EntryRules;
};

/** What was discovered is asked for anew after so long; keys are found by the client when a token names one. */
const DISCOVERED_MS = 3_600_000;
const GROUPS_MAX = 1_000;
const CLOCKS_APART_S = 30;

type Parts = { readonly fetching: Fetching; readonly now: () => number };

export function openOidc(issuer: OidcIssuer, { fetching, now }: Parts): IdentityProvider {
  let found: { readonly configuration: Promise<oauth.Configuration>; readonly at: number } | null = null;
  const discovered = (): Promise<oauth.Configuration> => {
    if (found && now() - found.at < DISCOVERED_MS) return found.configuration;
    const configuration = discover(issuer, fetching);
    const mine = { configuration, at: now() };
    found = mine;
    // What failed is tried again by the next who comes.
    configuration.catch(() => {
      if (found === mine) found = null;
    });
    return configuration;
  };
  return {
    id: issuer.id,
    name: issuer.name,
    rules: issuer.rules,
    begin: (redirect_uri, begun) =>
      exchange(async () =>
        authorizationUrl(await discovered(), begun, { redirect_uri, scope: issuer.scope, isOpenId: true }),
      ),
    finish: (returned, { state, nonce, verifier }) =>
      exchange(async () => {
        const configuration = await discovered();
        const tokens = await oauth.authorizationCodeGrant(configuration, returned, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (!claims) throw new Error('there is no ID token');
        const isWhole =
          claims.email !== undefined && (issuer.rules.groups.length === 0 || groupsIn(claims, issuer).length > 0);
        const more =
          isWhole || !configuration.serverMetadata().userinfo_endpoint
            ? {}
            : await oauth.fetchUserInfo(configuration, tokens.access_token, claims.sub);
        return vouched({ ...more, ...claims }, issuer);
      }),
  };
}

async function discover(
  { issuer, clientId, clientSecret }: OidcIssuer,
  fetching: Fetching,
): Promise<oauth.Configuration> {
  const url = new URL(issuer);
  const secret = clientSecret ?? '';
  // By the head unless the provider says that it takes the body alone: where nothing is said, that is the standard.
  const authentication: oauth.ClientAuth = (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const way = methods.includes('client_secret_basic') ? oauth.ClientSecretBasic : oauth.ClientSecretPost;
    return way(secret)(server, ...rest);
  };
  const configuration = await oauth.discovery(
    url,
    clientId,
    { [oauth.clockTolerance]: CLOCKS_APART_S },
    clientSecret === null ? oauth.None() : authentication,
    {
      [oauth.customFetch]: fetchBy(fetching),
      // Settings allow it for this machine alone.
      ...(url.protocol === 'http:' && { execute: [oauth.allowInsecureRequests] }),
    },
  );
  // Signatures count, not only the connection that a token came by.
  oauth.enableNonRepudiationChecks(configuration);
  return configuration;
}

type Claims = { readonly [name: string]: unknown } & { readonly iss?: unknown; readonly sub: string };

function vouched(claims: Claims, issuer: OidcIssuer): Vouched {
  const email = typeof claims.email === 'string' ? claims.email : null;
  return {
    // As configured: of several issuers each has its own subjects.
    issuer: typeof claims.iss === 'string' ? claims.iss : issuer.issuer,
    subject: claims.sub,
    emails: email !== null && isVerified(email, claims, issuer.emails) ? [email] : [],
    name: typeof claims.name === 'string' ? claims.name : null,
    groups: groupsIn(claims, issuer),
  };
}

/**
 * Google says of addresses of other hosts that somebody had them once: it vouches for its own and for those of domains
 * that it runs (developers.google.com/identity/gsi/web/guides/verify-google-id-token, read 2026-11-29).
 */
function isVerified(email: string, claims: Claims, emails: OidcIssuer['emails']): boolean {
  if (emails === 'all') return true;
  // Some write it as a text.
  if (claims.email_verified !== true && claims.email_verified !== 'true') return false;
  const domain = email.toLowerCase().split('@').at(-1);
  return emails === 'verified' || domain === 'gmail.com' || domain === String(claims.hd ?? '').toLowerCase();
}

function groupsIn(claims: Claims, { groupsClaim }: OidcIssuer): readonly string[] {
  const whole = claims[groupsClaim];
  const value =
    whole ?? groupsClaim.split('.').reduce((at: unknown, name) => (isObject(at) ? at[name] : undefined), claims);
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string').slice(0, GROUPS_MAX) : [];
}
