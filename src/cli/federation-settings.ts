import type { Environment } from '../catalog/environment.ts';
import type { EntryRules, RoleRule } from '../facts/federation.ts';
import { PERSON_ROLES, type PersonRole } from '../facts/principal.ts';
import type { OidcIssuer } from '../federation/oidc.ts';
import type { FederationSettings } from '../federation/providers.ts';
import { ConfigurationError, isLoopback, oneOf } from './environment-values.ts';

const RULES_MAX = 1_000;

/** By which providers of identities people sign in; null = by none. */
export function federationOf(environment: Environment): FederationSettings | null {
  const domains = rulesIn(environment, 'SWITCHWRIGHT_SIGN_IN_DOMAINS', 'member');
  for (const { of, role } of domains) {
    if (/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(of) && role !== 'owner') continue;
    throw new ConfigurationError(
      `SWITCHWRIGHT_SIGN_IN_DOMAINS takes domains, each with a role below owner, such as example.com=member, not "${of}=${role}".`,
    );
  }
  const issuers = [oidc(environment, domains), google(environment, domains)].flatMap((issuer) => issuer ?? []);
  const hub = github(environment, domains);
  if (issuers.length === 0 && hub === null) return null;
  if (!environment.SWITCHWRIGHT_PUBLIC_URL)
    throw new ConfigurationError(
      'Signing in by another provider needs SWITCHWRIGHT_PUBLIC_URL: it is told where browsers come back to.',
    );
  return { issuers, github: hub };
}

function oidc(environment: Environment, domains: readonly RoleRule[]): OidcIssuer | null {
  const issuer = environment.SWITCHWRIGHT_OIDC_ISSUER;
  if (!issuer) return null;
  const clientId = environment.SWITCHWRIGHT_OIDC_CLIENT_ID;
  if (!clientId) throw new ConfigurationError('SWITCHWRIGHT_OIDC_ISSUER needs SWITCHWRIGHT_OIDC_CLIENT_ID.');
  const scope = environment.SWITCHWRIGHT_OIDC_SCOPE || 'openid email profile';
  if (!scope.split(' ').includes('openid'))
    throw new ConfigurationError(`SWITCHWRIGHT_OIDC_SCOPE must contain openid, not "${scope}".`);
  return {
    id: 'oidc',
    name: environment.SWITCHWRIGHT_OIDC_NAME || 'single sign-on',
    issuer: addressIn('SWITCHWRIGHT_OIDC_ISSUER', issuer),
    clientId,
    clientSecret: environment.SWITCHWRIGHT_OIDC_CLIENT_SECRET || null,
    scope,
    groupsClaim: environment.SWITCHWRIGHT_OIDC_GROUPS_CLAIM || 'groups',
    emails: oneOf(environment, 'SWITCHWRIGHT_OIDC_EMAILS', ['verified', 'all']),
    rules: { groups: rulesIn(environment, 'SWITCHWRIGHT_OIDC_ROLES'), domains },
  };
}

function google(environment: Environment, domains: readonly RoleRule[]): OidcIssuer | null {
  const client = clientOf(environment, 'SWITCHWRIGHT_GOOGLE');
  return (
    client && {
      id: 'google',
      name: 'Google',
      issuer: 'https://accounts.google.com',
      ...client,
      scope: 'openid email profile',
      groupsClaim: 'groups',
      emails: 'google',
      rules: { groups: [], domains },
    }
  );
}

function github(environment: Environment, domains: readonly RoleRule[]): FederationSettings['github'] {
  const client = clientOf(environment, 'SWITCHWRIGHT_GITHUB');
  if (!client) return null;
  const url = addressIn('SWITCHWRIGHT_GITHUB_URL', environment.SWITCHWRIGHT_GITHUB_URL || 'https://github.com');
  const rules: EntryRules = { groups: rulesIn(environment, 'SWITCHWRIGHT_GITHUB_ROLES'), domains };
  return { url, ...client, rules };
}

function clientOf(environment: Environment, prefix: string): { clientId: string; clientSecret: string } | null {
  const [clientId, clientSecret] = [environment[`${prefix}_CLIENT_ID`], environment[`${prefix}_CLIENT_SECRET`]];
  if (!clientId && !clientSecret) return null;
  if (clientId && clientSecret) return { clientId, clientSecret };
  throw new ConfigurationError(`${prefix}_CLIENT_ID and ${prefix}_CLIENT_SECRET belong together.`);
}

/** Names and tokens travel there: only by TLS, unless it is this machine. */
function addressIn(name: string, text: string): string {
  const url = URL.parse(text);
  const host = url?.hostname.replace(/^\[|\]$/g, '') ?? '';
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(host));
  if (url && isSafe && !url.username && !url.search && !url.hash) return text;
  throw new ConfigurationError(`${name} must be an address that begins with https://, not "${text}".`);
}

/** `staff=member, platform=admin`: the first that fits counts. */
function rulesIn(environment: Environment, name: string, standard?: PersonRole): readonly RoleRule[] {
  const entries = (environment[name] ?? '').split(',').map((entry) => entry.trim());
  return entries
    .filter(Boolean)
    .slice(0, RULES_MAX)
    .map((entry) => {
      const at = entry.lastIndexOf('=');
      const [of, word] = at < 0 ? [entry, standard] : [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
      const role = PERSON_ROLES.find((each) => each === word);
      if (of !== '' && role) return { of: standard ? of.toLowerCase() : of, role };
      throw new ConfigurationError(
        `${name} takes names with a role each, such as staff=member; roles are ${PERSON_ROLES.join(', ')}. It has "${entry}".`,
      );
    });
}
