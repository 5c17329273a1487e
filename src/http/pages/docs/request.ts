import type { FieldGroup } from '../../contract/field.ts';
import { MESSAGE, PART } from '../../contract/message.ts';
import { CLIENTS } from '../../contract/support.ts';
import { PARAMETER_GROUPS, REQUEST_GROUPS } from '../../contract.ts';
import type { Route } from '../../route.ts';
import { codeBlock, copyable } from '../code.ts';
import { exactCount } from '../figures.ts';
import { html } from '../html.ts';
import { parametersOf, realModels } from '../model-words.ts';
import { groupTable, type Takers } from './field-table.ts';
import { docsPage } from './frame.ts';

const [CONVERSATION, ...OTHERS] = REQUEST_GROUPS as readonly [FieldGroup, ...FieldGroup[]];
const PLACES: FieldGroup = { id: 'where', title: 'Where to send it', intro: '', fields: [] };

/** Every field of a chat request, from the one table, and where the other dialects keep it, from their decoders. */
export const requestRoute: Route = {
  method: 'GET',
  path: '/docs/request',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/request', {
      title: 'Request',
      lead: 'Every field of a chat request: what it means, what it takes, and what the other dialects call it. Fields that are not named here are passed on to endpoints that speak the same dialect.',
      parts: [PLACES, CONVERSATION, MESSAGE, PART, ...OTHERS],
      content: html`<section id="where" class="part"><h2>${PLACES.title}</h2><p class="lead">POST, with a key of this instance. Any dialect reaches any model.</p>
<dl class="pairs wide">${CLIENTS.map(({ name, path }) => html`<div><dt>${name}</dt><dd>${copyable(request.origin + path)}</dd></div>`)}</dl>
${codeBlock('json', EXAMPLE, 'A request')}</section>
${groupTable(CONVERSATION)}${groupTable(MESSAGE, { prefix: 'message.' })}${groupTable(PART, { prefix: 'part.' })}${OTHERS.map((group) => groupTable(group))}`,
    }),
};

/** The part of the table that differs from model to model, with who takes each. */
export const parametersRoute: Route = {
  method: 'GET',
  path: '/docs/parameters',
  auth: 'none',
  handle: (request, gateway) => {
    const models = realModels(gateway.catalog()).filter((model) => model.output.includes('text'));
    const taken = models.map((model) => parametersOf(model) as ReadonlySet<string>);
    const takers: Takers = (name) => taken.filter((parameters) => parameters.has(name)).length;
    return docsPage(request, '/docs/parameters', {
      title: 'Parameters',
      lead: 'Fields that not every model takes. A model’s page names those it does; the others are left out for it and listed in the receipt, unless provider.require_parameters asks for endpoints that take them all.',
      parts: PARAMETER_GROUPS,
      content: html`<p class="facts"><span>counted over the ${exactCount(models.length)} chat models of this instance</span></p>
${PARAMETER_GROUPS.map((group) => groupTable(group, { takers }))}`,
    });
  },
};

const EXAMPLE = JSON.stringify(
  {
    model: 'openai/gpt-4.1-mini',
    models: ['anthropic/claude-haiku-4.5'],
    messages: [{ role: 'user', content: 'Name three rivers.' }],
    max_completion_tokens: 200,
    provider: { sort: 'throughput', data_collection: 'deny' },
    stream: true,
  },
  null,
  2,
);
