import type { Call } from '../call/call.ts';
import type { Tool } from '../call/tool.ts';
import { MARK } from './capture.ts';

/** Which preset a call names, and which model beside it. */
export type Named = { readonly slug: string; readonly model: string | null };

/** `preset: "x"`, `model: "@preset/x"` or `model: "author/name@preset/x"` (spec §3.6); null = none. */
export function presetIn({ model, gateway }: Pick<Call, 'model' | 'gateway'>): Named | null {
  const at = model === null ? -1 : model.indexOf(MARK);
  if (model !== null && at >= 0)
    return { slug: model.slice(at + MARK.length), model: at === 0 ? null : model.slice(0, at) };
  return gateway.preset === undefined ? null : { slug: gateway.preset, model };
}

/**
 * The call with what its preset says where it says nothing itself: field by field, but for tools, of which both are
 * offered, and sampling, whose members are fields of a request.
 */
export function withPreset(
  call: Call,
  defaults: Call,
  named: Named,
  usedPreset: NonNullable<Call['gateway']['usedPreset']>,
): Call {
  const { preset: _named, ...gateway } = call.gateway;
  const extra = { ...defaults.gateway.extra, ...gateway.extra };
  return {
    ...defaults,
    ...call,
    model: named.model ?? defaults.model,
    models: call.models.length > 0 ? call.models : defaults.models,
    messages: call.messages.some(({ role }) => role === 'system')
      ? call.messages
      : [...defaults.messages, ...call.messages],
    tools: [...call.tools, ...defaults.tools.filter((tool) => !call.tools.some((own) => nameOf(own) === nameOf(tool)))],
    output: call.output.type === 'text' ? defaults.output : call.output,
    sampling: { ...defaults.sampling, ...call.sampling },
    stop: call.stop.length > 0 ? call.stop : defaults.stop,
    gateway: {
      ...defaults.gateway,
      ...gateway,
      ...(Object.keys(extra).length > 0 && { extra }),
      usedPreset,
    },
    ...nativeOf(call, defaults),
  };
}

/** What makes two tools the same one. */
const nameOf = (tool: Tool): string =>
  tool.type === 'function' ? tool.name : `${tool.dialect} ${String(tool.value.type)} ${String(tool.value.name ?? '')}`;

/** Fields of one dialect say nothing in another. */
function nativeOf({ native: own }: Call, { native: kept }: Call): Pick<Call, 'native'> {
  if (!kept || !own) return {};
  return { native: own.dialect === kept.dialect ? { ...own, fields: { ...kept.fields, ...own.fields } } : own };
}
