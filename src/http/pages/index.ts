import type { Route } from '../route.ts';
import { activityCsvRoute } from './activity/csv.ts';
import { activityRoute } from './activity/page.ts';
import { assetRoute } from './assets.ts';
import { authorRoute } from './author.ts';
import { chatModelsRoute, chatRoute } from './chat.ts';
import { closedToStrangers } from './closed.ts';
import { compareRoute, compareStartRoute } from './compare.ts';
import { consentedRoute, consentRoute } from './consent.ts';
import { DOCS_ROUTES } from './docs/index.ts';
import { generationRoute } from './generation.ts';
import { homeRoute } from './home.ts';
import { MANAGED_ROUTES } from './manage/index.ts';
import { modelRoute } from './model.ts';
import { modelsRoute } from './models.ts';
import { accountForms, accountRoute } from './people/account.ts';
import { secondFactorRoutes } from './people/account-second.ts';
import { forgottenRoute, linkSentRoute } from './people/forgotten.ts';
import { invitationRoute, joinedRoute } from './people/invitation.ts';
import { newPasswordRoute, passwordSetRoute } from './people/new-password.ts';
import { passkeyUsedRoute } from './people/passkey-sign-in.ts';
import { passkeyForms } from './people/passkeys.ts';
import { returnedRoute, sentToProviderRoute } from './people/provider-sign-in.ts';
import { secondGivenRoute, secondRoute } from './people/second.ts';
import { plainRoutes } from './plain.ts';
import { playgroundRoute } from './playground.ts';
import { providerRoute, providersRoute } from './providers.ts';
import { appsRoute, rankingsRoute } from './rankings.ts';
import { exportRoutes } from './requests/export.ts';
import { requestsRoute } from './requests/page.ts';
import { signedInRoute, signInRoute, signOutRoute } from './session.ts';
import { statusRoute } from './status.ts';

/** The names with a parameter in front come last: anything fixed wins over an author's name. */
const ALL: readonly Route[] = [
  homeRoute,
  modelsRoute,
  rankingsRoute,
  appsRoute,
  providersRoute,
  providerRoute,
  compareRoute,
  compareStartRoute,
  chatRoute,
  statusRoute,
  chatModelsRoute,
  playgroundRoute,
  generationRoute,
  requestsRoute,
  ...exportRoutes,
  activityRoute,
  activityCsvRoute,
  signInRoute,
  signedInRoute,
  signOutRoute,
  invitationRoute,
  joinedRoute,
  newPasswordRoute,
  passwordSetRoute,
  forgottenRoute,
  linkSentRoute,
  sentToProviderRoute,
  returnedRoute,
  passkeyUsedRoute,
  ...passkeyForms,
  secondRoute,
  secondGivenRoute,
  ...secondFactorRoutes,
  accountRoute,
  ...accountForms,
  consentRoute,
  consentedRoute,
  ...DOCS_ROUTES,
  ...MANAGED_ROUTES,
  assetRoute,
  ...plainRoutes,
  modelRoute,
  authorRoute,
];

/** What strangers are shown wherever they may sign in: the ways in, and what those pages are made of. */
const OPEN: ReadonlySet<string> = new Set([
  '/favicon.svg',
  '/robots.txt',
  ...[assetRoute, signInRoute, signedInRoute, signOutRoute, invitationRoute, joinedRoute].map(({ path }) => path),
  ...[
    sentToProviderRoute,
    returnedRoute,
    passkeyUsedRoute,
    forgottenRoute,
    newPasswordRoute,
    passwordSetRoute,
    secondRoute,
    secondGivenRoute,
    consentRoute,
    consentedRoute,
  ].map(({ path }) => path),
]);

/** Every page. */
export const pageRoutes: readonly Route[] = ALL.map((route) =>
  OPEN.has(route.path) ? route : closedToStrangers(route),
);
