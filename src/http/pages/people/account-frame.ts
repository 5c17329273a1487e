import { sessionIn } from '../../../access/credential.ts';
import type { Person } from '../../../access/people/person.ts';
import type { Principal } from '../../../facts/principal.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { Route, RouteAnswer, RouteRequest } from '../../route.ts';
import { isOurForm, redirect } from './begun.ts';

/** Whoever looks at their own account. */
export type Mine = {
  readonly request: RouteRequest;
  readonly gateway: Gateway;
  readonly caller: Principal;
  readonly person: Person;
  readonly session: string;
};
/** A page about whoever is signed in; a key is nobody. */
export const mine =
  (handle: (mine: Mine) => Promise<RouteAnswer>): Route['handle'] =>
  async (request, gateway) => {
    const { caller, headers } = request;
    const session = sessionIn(headers);
    const isSession = caller?.kind === 'session' && caller.memberId !== null && session !== undefined;
    const person = isSession ? await gateway.access.people.find(caller.accountId, caller.memberId ?? '') : null;
    if (!isSession || person === null) return redirect(`/sign-in?${new URLSearchParams({ next: '/account' })}`);
    return handle({ request, gateway, caller, person, session });
  };

/** The same for a form, which must say that it is ours: see `isOurForm`. */
export const accountForm = (path: string, handle: (mine: Mine) => Promise<RouteAnswer>): Route => ({
  method: 'POST',
  path,
  auth: 'none',
  form: true,
  handle: (request, gateway) => (isOurForm(request) ? mine(handle)(request, gateway) : redirect('/account')),
});
