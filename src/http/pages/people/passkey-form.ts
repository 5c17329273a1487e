import type { PasskeyOptions } from '../../../access/people/passkeys.ts';
import type { Gateway } from '../../../gateway/gateway.ts';
import type { RouteRequest } from '../../route.ts';
import { type Html, html, NOTHING, type Part } from '../html.ts';

type Asking = { readonly action: string; readonly label: string; readonly within?: Part };

/**
 * A form that a script of ours fills in with what the browser's authenticator answers to these options
 * (`console/src/passkeys.ts`). Without a script there is nothing to see: no authenticator can be asked.
 */
export const askingForm = (
  what: 'create' | 'get',
  options: PasskeyOptions,
  { action, label, within = '' }: Asking,
): Html =>
  html`<form class="form" method="post" action="${action}" data-passkey="${what}" data-options="${JSON.stringify(options)}" data-script-only><input type="hidden" name="answer">${within}<p class="actions"><button type="submit">${label}</button></p><p class="wrong" role="alert" hidden></p></form>`;

/** Signs in by a passkey. Nothing where there can be none. */
export function passkeyForm({ origin }: RouteRequest, { access }: Gateway, action: string): Html {
  const options = access.passkeys.optionsToUse({ origin });
  return options ? askingForm('get', options, { action, label: 'Sign in with a passkey' }) : NOTHING;
}
