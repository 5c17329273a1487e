import type { Setting } from './setting.ts';

/** How people sign in by other providers. */
export const FEDERATION_SETTINGS: readonly Setting[] = [
  {
    name: 'SWITCHWRIGHT_OIDC_ISSUER',
    default: '',
    meaning:
      'People sign in by this OpenID Connect provider: its issuer, such as `https://login.example.com`, whose `/.well-known/openid-configuration` is read. There the client is registered with the redirect address `<SWITCHWRIGHT_PUBLIC_URL>/sign-in/with/oidc/callback`. Who has an account here is found by an address that the provider has verified; who has none comes in by an invitation, a group or a domain ([docs/sign-in.md](sign-in.md)).',
  },
  { name: 'SWITCHWRIGHT_OIDC_CLIENT_ID', default: '', meaning: 'The client that is registered there.' },
  {
    name: 'SWITCHWRIGHT_OIDC_CLIENT_SECRET',
    default: '',
    meaning: 'Its secret; without one it is a public client, by PKCE alone.',
  },
  {
    name: 'SWITCHWRIGHT_OIDC_NAME',
    default: 'single sign-on',
    meaning: 'What the provider is called on the page to sign in.',
  },
  {
    name: 'SWITCHWRIGHT_OIDC_SCOPE',
    default: 'openid email profile',
    meaning: 'What is asked for, with spaces; some providers want a scope for groups.',
  },
  {
    name: 'SWITCHWRIGHT_OIDC_GROUPS_CLAIM',
    default: 'groups',
    meaning:
      'Where groups stand in the ID token or in userinfo: a claim, with dots where that is nested (`realm_access.roles`).',
  },
  {
    name: 'SWITCHWRIGHT_OIDC_ROLES',
    default: '',
    meaning:
      'Which role the people of a group have, the first that fits: `platform=admin, staff=member`. Whoever is in one of them comes in without an invitation; roles follow the groups with every sign-in, except owners’.',
  },
  {
    name: 'SWITCHWRIGHT_OIDC_EMAILS',
    default: 'verified',
    meaning:
      '`all` believes addresses that the provider does not say it has verified: only where nobody can choose their own there.',
  },
  {
    name: 'SWITCHWRIGHT_GOOGLE_CLIENT_ID',
    default: '',
    meaning: 'People sign in by Google; the redirect address ends in `/sign-in/with/google/callback`.',
  },
  { name: 'SWITCHWRIGHT_GOOGLE_CLIENT_SECRET', default: '', meaning: 'The secret that belongs to it.' },
  {
    name: 'SWITCHWRIGHT_GITHUB_CLIENT_ID',
    default: '',
    meaning: 'People sign in by GitHub; the redirect address ends in `/sign-in/with/github/callback`.',
  },
  { name: 'SWITCHWRIGHT_GITHUB_CLIENT_SECRET', default: '', meaning: 'The secret that belongs to it.' },
  { name: 'SWITCHWRIGHT_GITHUB_URL', default: 'https://github.com', meaning: 'An Enterprise Server’s address.' },
  {
    name: 'SWITCHWRIGHT_GITHUB_ROLES',
    default: '',
    meaning: 'As `SWITCHWRIGHT_OIDC_ROLES`, for organizations and teams: `acme/platform=admin, acme=member`.',
  },
  {
    name: 'SWITCHWRIGHT_SIGN_IN_DOMAINS',
    default: '',
    meaning:
      'Whoever has a verified address of such a domain at one of these providers comes in without an invitation, with the role behind it or as a member: `example.com, partner.example=viewer`.',
  },
];
