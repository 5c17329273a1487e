import type { Route } from '../../route.ts';
import { begun, clientOf, fieldOf, isOurForm, localPath } from './begun.ts';
import { signInPage } from './sign-in-page.ts';

const WRONG = 'This passkey is not known here, or it was asked too long ago. Try again.';

/** Whoever has the passkey, and has shown the authenticator that it is them, is in: that is two factors. */
export const passkeyUsedRoute: Route = {
  method: 'POST',
  path: '/sign-in/passkey',
  auth: 'none',
  form: true,
  handle: async (request, gateway) => {
    const { access } = gateway;
    const person = isOurForm(request)
      ? await access.passkeys.use(fieldOf(request, 'answer'), { origin: request.origin })
      : null;
    if (!person) {
      const wait = access.guesses.wrong(request.address);
      return signInPage(request, gateway, { status: wait === null ? 403 : 429, wait, complaint: WRONG });
    }
    const session = await access.beginSession(person, 'passkey', clientOf(request));
    return begun(request, gateway, { session, email: person.email, next: localPath(request.query.next) });
  },
};
