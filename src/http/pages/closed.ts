import type { Route, RouteAnswer } from '../route.ts';

const TO_SIGN_IN: RouteAnswer = {
  status: 303,
  text: '',
  contentType: 'text/plain; charset=utf-8',
  headers: { location: '/sign-in', 'cache-control': 'no-store', vary: 'cookie, authorization' },
};

/** The page, for those only who are signed in or have a key where the operator shows strangers nothing. */
export const closedToStrangers = (route: Route): Route => ({
  ...route,
  handle: (request, gateway) =>
    gateway.boards === 'closed' && request.caller === null ? TO_SIGN_IN : route.handle(request, gateway),
});
