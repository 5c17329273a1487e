import { type Fault, fault } from '../../base/fault.ts';
import { LIMITS } from '../../base/limits.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import type { Call } from '../../call/call.ts';
import { complain, newComplaints } from '../../call/read.ts';
import { NO_RUNNERS } from '../../facts/code-runner.ts';
import { estimatePrompt } from '../../metering/estimate.ts';
import { type OpenPlugin, openPlugins, rescuedBy, withoutDone } from '../../plugins/open.ts';
import type { ApiFormat } from '../../tools/tool.ts';
import { fetchingOf } from '../../upstream/collect-body.ts';
import { pdfReaderOf } from '../documents/pdf-reader.ts';
import { embeddings } from '../embeddings.ts';
import type { Gateway } from '../gateway.ts';
import { rescreened } from '../guard/prompt.ts';
import { handleOf } from '../handle-of.ts';
import { images } from '../images.ts';
import { listsMcp, type McpOpened, NO_MCP, openMcpTools } from '../legs/mcp-tools.ts';
import { type Nesting, newNesting } from '../legs/nesting.ts';
import { listedBy } from '../legs/offered.ts';
import { readStop } from '../legs/stop.ts';
import { moderations } from '../moderations.ts';
import type { CallHandle, CallListener, Operation } from '../operation.ts';
import { perform, refuse } from '../perform.ts';
import { modelsOf } from '../question.ts';
import type { CallRequest } from '../receipt.ts';
import { chatWith, type Extension } from './extension.ts';
import { plainChat } from './plain.ts';

type Request = CallRequest<'chat'>;
type Listener = CallListener<'chat'>;

/** A chat with plugins around it, or tools that the gateway runs. Null = nothing of the kind works on it. */
export function extend(gateway: Gateway, request: Request, listener: Listener): CallHandle | null {
  if (!listsMcp(request.call)) return extendWith(gateway, request, listener, NO_MCP);
  const refused = (value: Fault): CallHandle => refuse({ gateway, operation: plainChat, request, listener }, value);
  return handleOf(
    openMcpTools(gateway, request),
    (mcp) => extendWith(gateway, request, listener, mcp) ?? refused(fault('server', 'Internal Server Error')),
    (cause) => {
      gateway.log('the tools of MCP servers could not be opened', cause);
      refused(fault('server', 'Internal Server Error'));
    },
  );
}

/** With what was asked of MCP servers before. */
function extendWith(gateway: Gateway, request: Request, listener: Listener, mcp: McpOpened): CallHandle | null {
  const { call } = request;
  const { nesting = newNesting() } = request;
  const read = extensionOf(gateway, request, { nesting, mcp });
  if (!read.ok) return refuse({ gateway, operation: plainChat, request, listener }, read.error);
  const { plugins, listed } = read.value;
  if (plugins.length + listed.offered.length + listed.missing.length === 0) return null;
  const operation: Operation<'chat'> = {
    ...chatWith(read.value),
    rescue: (_, __, ___, obstacle) => rescue(gateway, request, listener, obstacle),
  };
  const hearing = listeningWith(plugins, listener);
  const go = (bent: Result<Call, Fault>): CallHandle =>
    bent.ok
      ? perform(gateway, operation, { ...request, call: bent.value, cache: undefined }, hearing)
      : refuse({ gateway, operation: plainChat, request, listener }, bent.error);
  const bent = screenedAgain(gateway, request, throughCalls(gateway, withoutDone(call), plugins));
  if (!(bent instanceof Promise)) return go(bent);
  let isGone = false;
  const handle = handleOf(
    bent,
    (value) => (isGone ? refuse({ gateway, operation: plainChat, request, listener }, GONE) : go(value)),
    (cause) => {
      gateway.log('a plugin failed', cause);
      refuse({ gateway, operation: plainChat, request, listener }, fault('server', 'Internal Server Error'));
    },
  );
  return {
    ...handle,
    cancel: () => {
      isGone = true;
      handle.cancel();
    },
  };
}

function extensionOf(
  gateway: Gateway,
  request: Request,
  lent: Lent & { readonly nesting: Nesting },
): Result<Extension, Fault> {
  const means = meansFor(gateway, request, lent);
  const { call } = request;
  const plugins = openPlugins(call, means);
  if (!plugins.ok) return plugins;
  const listed = listedBy(call, means);
  if (!listed.ok) return listed;
  const to = newComplaints();
  const { offered } = listed.value;
  const stop = readStop(to, call);
  if (offered.length > 0 && (call.sampling.n ?? 1) > 1)
    complain(to, 'n', "Invalid 'n': tools that the gateway runs take one answer.");
  if (offered.length > 0 && to.first) return failed(to.first);
  const operations = { chat: askedChat, images, moderations, embeddings };
  return ok({ gateway, plugins: plugins.value, listed: listed.value, stop, operations, nesting: lent.nesting });
}

/** A chat that no endpoint can take as it is, with the plugins that change that. Null = none does. */
export function rescue(gateway: Gateway, request: Request, listener: Listener, obstacle: Fault): CallHandle | null {
  const { nesting } = request;
  const call = rescuedBy(request.call, obstacle, meansFor(gateway, request, { nesting, mcp: NO_MCP }));
  return call && extend(gateway, { ...request, call }, listener);
}

/** As tools and plugins ask it, with tools and plugins of its own. */
const askedChat: Operation<'chat'> = { ...plainChat, extend, rescue };

/** Client dialects whose programs list tools of the gateway. */
const FORMATS: { readonly [dialect: string]: ApiFormat | undefined } = {
  'openai-chat': 'chat',
  'openai-responses': 'responses',
  'anthropic-messages': 'messages',
};

/** What the gateway lends to the plugins and tools of a call. */
type Lent = { readonly nesting: Nesting | undefined; readonly mcp: McpOpened };

function meansFor(gateway: Gateway, { call, clientDialect }: Request, { nesting, mcp }: Lent) {
  const { world, upstream } = gateway;
  const catalog = gateway.catalog();
  return {
    world,
    catalog,
    enabled: gateway.enabled,
    search: gateway.search,
    fetching: fetchingOf(upstream.world),
    mcp,
    promptTokensOf: estimatePrompt,
    ocrModel: gateway.ocrModel ?? null,
    runners: gateway.runners ?? NO_RUNNERS,
    format: FORMATS[clientDialect] ?? null,
    depth: nesting?.depth ?? 0,
    readPdf: pdfReaderOf(world),
    isSandbox: modelsOf(call).every((name) => catalog.models.get(name.split(':')[0] ?? '')?.sandbox === true),
  };
}

const GONE = fault('cancelled', 'The request was cancelled.');

/** What plugins put into a call is read by its guardrails like what stood there before. */
function screenedAgain(
  { world }: Gateway,
  { call, watch }: Request,
  bent: Result<Call, Fault> | Promise<Result<Call, Fault>>,
): Result<Call, Fault> | Promise<Result<Call, Fault>> {
  if (!watch) return bent;
  return Promise.resolve(bent).then((found) =>
    found.ok ? rescreened(watch, call, found.value, (task) => void world.after(0, task)) : found,
  );
}

/** Through the hooks `call`, one after the other; a promise only where one of them is one. */
function throughCalls(
  gateway: Gateway,
  call: Call,
  plugins: readonly OpenPlugin[],
  from = 0,
): Result<Call, Fault> | Promise<Result<Call, Fault>> {
  let bent: Result<Call, Fault> = ok(call);
  for (const [index, { id, hooks }] of plugins.entries()) {
    if (index < from || !hooks.call || !bent.ok) continue;
    const next = hooks.call(bent.value);
    if (next instanceof Promise)
      return inTime(gateway, id, next).then((value) =>
        value.ok ? throughCalls(gateway, value.value, plugins, index + 1) : value,
      );
    bent = next;
  }
  return bent;
}

/** What takes longer has failed; what it says later is not heard. */
function inTime(gateway: Gateway, id: string, working: Promise<Result<Call, Fault>>): Promise<Result<Call, Fault>> {
  return new Promise((resolve, reject) => {
    const late = fault('upstream_timeout', `The plugin ${id} did not finish within ${LIMITS.plugin_ms} ms.`);
    const stop = gateway.world.after(LIMITS.plugin_ms, () => resolve({ ok: false, error: late }));
    working.finally(stop).then(resolve, reject);
  });
}

/** What the caller hears has passed the hooks `events` and `answer`. */
function listeningWith(plugins: readonly OpenPlugin[], listener: Listener): Listener {
  const passing = plugins.flatMap(({ hooks }) => (hooks.events ? [hooks.events] : []));
  const answering = plugins.flatMap(({ hooks }) => (hooks.answer ? [hooks.answer] : []));
  if (passing.length + answering.length === 0) return listener;
  return {
    ...listener,
    events: (steps, target) => {
      const passed = passing.reduce((some, hook) => hook(some), steps);
      if (passed.length > 0) listener.events(passed, target);
    },
    done: (result) =>
      listener.done(
        result.kind === 'replied'
          ? { ...result, reply: answering.reduce((reply, hook) => hook(reply), result.reply) }
          : result,
      ),
  };
}
