import * as oauth from 'openid-client';
import { isObject } from '../base/json.ts';
import type { EntryRules, IdentityProvider, Vouched } from '../facts/federation.ts';
import type { Fetching } from '../facts/fetching.ts';
import { fetchBy, Unreachable } from './fetch.ts';
import { authorizationUrl, exchange } from './flow.ts';

/** GitHub speaks OAuth 2 without ID tokens: who somebody is its API tells (docs.github.com, read 2026-11-29). */
export type GitHub = {
  /** `https://github.com`, or an Enterprise Server's address. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly rules: EntryRules;
};

const LISTED_MAX = 100;

export function openGitHub({ url, clientId, clientSecret, rules }: GitHub, fetching: Fetching): IdentityProvider {
  const base = url.replace(/\/+$/, '');
  const api = base === 'https://github.com' ? 'https://api.github.com' : `${base}/api/v3`;
  const fetch = fetchBy(fetching);
  const configuration = new oauth.Configuration(
    {
      issuer: base,
      authorization_endpoint: `${base}/login/oauth/authorize`,
      token_endpoint: `${base}/login/oauth/access_token`,
    },
    clientId,
    {},
    oauth.ClientSecretPost(clientSecret),
  );
  configuration[oauth.customFetch] = fetch;
  if (base.startsWith('http:')) oauth.allowInsecureRequests(configuration);
  const scope = ['read:user', 'user:email', ...(rules.groups.length > 0 ? ['read:org'] : [])].join(' ');
  const read = async (path: string, token: string): Promise<unknown> => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' };
    const answer = await fetch(`${api}${path}`, { method: 'GET', headers, body: undefined, redirect: 'manual' });
    if (answer.status !== 200) throw new Unreachable(`${path} answered ${answer.status}`);
    return answer.json();
  };
  return {
    id: 'github',
    name: 'GitHub',
    rules,
    begin: (redirect_uri, begun) =>
      exchange(() => authorizationUrl(configuration, begun, { redirect_uri, scope, isOpenId: false })),
    finish: (returned, { state, verifier }) =>
      exchange(async () => {
        const checks = { pkceCodeVerifier: verifier, expectedState: state };
        // Each provider has a path of its own to come back to; what GitHub calls its issuer there is not documented.
        const answer = new URL(returned);
        answer.searchParams.delete('iss');
        const { access_token } = await oauth.authorizationCodeGrant(configuration, answer, checks);
        const [user, emails, teams] = await Promise.all([
          read('/user', access_token),
          read(`/user/emails?per_page=${LISTED_MAX}`, access_token),
          rules.groups.length > 0 ? read(`/user/teams?per_page=${LISTED_MAX}`, access_token) : [],
        ]);
        const organizations =
          rules.groups.length > 0 ? await read(`/user/orgs?per_page=${LISTED_MAX}`, access_token) : [];
        return vouched(base, { user, emails, teams, organizations });
      }),
  };
}

type Told = { readonly [what in 'user' | 'emails' | 'teams' | 'organizations']: unknown };

const listOf = (value: unknown) => (Array.isArray(value) ? value.filter(isObject).slice(0, LISTED_MAX) : []);

/** Names of accounts are given away and taken by others: the number stays. */
function vouched(issuer: string, { user, emails, teams, organizations }: Told): Vouched {
  if (!isObject(user) || typeof user.id !== 'number') throw new Unreachable('it does not say who this is');
  const verified = listOf(emails).filter(({ verified: is, email }) => is === true && typeof email === 'string');
  const ordered = [...verified].sort((a, b) => Number(b.primary === true) - Number(a.primary === true));
  return {
    issuer,
    subject: String(user.id),
    emails: ordered.map(({ email }) => String(email)),
    name: typeof user.name === 'string' ? user.name : null,
    groups: [
      ...listOf(teams).map(({ slug, organization }) => `${isObject(organization) ? organization.login : ''}/${slug}`),
      ...listOf(organizations).map(({ login }) => String(login)),
    ],
  };
}
