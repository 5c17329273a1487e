import { agentAfter, hopsOf } from '../base/hops.ts';
import { ok } from '../base/result.ts';
import type { OperationId } from '../call/operation.ts';
import { appHeaders, takesGatewayFields } from '../dialects/gateway-options.ts';
import type { App } from '../facts/caller.ts';
import type { Target } from '../facts/target.ts';
import type { Errand, Translation, Translations } from './errand.ts';

/** Who a call comes from: the gateway before this one, if it is one, and the app. */
type Sender = { readonly userAgent: string | null; readonly app?: App | null };

/**
 * The errand of a caller that is a gateway like this one tells how many it has come through, and a provider that is a
 * gateway hears whose app is calling; any other stays as it is.
 */
export function passedOn<O extends OperationId>(errand: Errand<O>, { userAgent, app }: Sender): Errand<O> {
  const hops = hopsOf(userAgent);
  if (hops === 0 && !app) return errand;
  const agent: Headers = hops === 0 ? {} : { 'user-agent': agentAfter(hops + 1) };
  const named = (target: Target): Headers =>
    app && takesGatewayFields(target.endpoint) ? { ...agent, ...appHeaders(app) } : agent;
  const { continuation } = errand;
  return {
    ...errand,
    translate: (target) => {
      const headers = named(target);
      const translations = errand.translate(target);
      if (!translations.ok || (hops === 0 && headers === agent)) return translations;
      return ok(translations.value.map((one) => withHeaders(one, headers)) as unknown as Translations<O>);
    },
    ...(continuation && {
      continuation: {
        ...continuation,
        translate: (target: Target) => {
          const translation = continuation.translate(target);
          return translation.ok ? ok(withHeaders(translation.value, named(target))) : translation;
        },
      },
    }),
  };
}

type Headers = { readonly [name: string]: string };

const withHeaders = <O extends OperationId>(translation: Translation<O>, headers: Headers): Translation<O> => ({
  ...translation,
  encode: (assets) => {
    const encoded = translation.encode(assets);
    return encoded.ok ? ok({ ...encoded.value, headers: { ...encoded.value.headers, ...headers } }) : encoded;
  },
});
