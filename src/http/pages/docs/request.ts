import type { FieldGroup, RequestField } from '../../contract/field.ts';
import { PARAMETER_GROUPS, REQUEST_GROUPS } from '../../contract.ts';
import type { Route } from '../../route.ts';
import { codeBlock } from '../code.ts';
import { type Html, html } from '../html.ts';
import { docsPage } from './frame.ts';

/** Every field of a chat request, from the one table. */
export const requestRoute: Route = {
  method: 'GET',
  path: '/docs/request',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/request', {
      title: 'Request',
      lead: 'The body of POST /api/v1/chat/completions. Fields that are not named here are passed on to endpoints that speak the same dialect.',
      content: html`${codeBlock('json', EXAMPLE, 'A request')}${REQUEST_GROUPS.map(groupTable)}`,
    }),
};

/** The part of the table that differs from model to model. */
export const parametersRoute: Route = {
  method: 'GET',
  path: '/docs/parameters',
  auth: 'none',
  handle: (request) =>
    docsPage(request, '/docs/parameters', {
      title: 'Parameters',
      lead: 'Fields that not every model takes. A model’s page names those it does; the others are left out for it and listed in the receipt, unless provider.require_parameters asks for endpoints that take them all.',
      content: html`${PARAMETER_GROUPS.map(groupTable)}`,
    }),
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

function groupTable(group: FieldGroup): Html {
  return html`<section id="${group.id}" class="part"><h2>${group.title}</h2><p class="lead">${group.intro}</p>
<dl class="fields">${group.fields.map(entry)}</dl></section>`;
}

function entry(field: RequestField): Html {
  return html`<div id="${field.name}"><dt><a href="#${field.name}"><code>${field.name}</code></a><span>${field.type}</span></dt><dd><p>${field.meaning}</p>
<p class="terms">${field.range && html`<span><i>range</i> ${field.range}</span>`}${field.otherwise && html`<span><i>default</i> ${field.otherwise}</span>`}${field.example !== undefined && html`<span><i>example</i> <code>${JSON.stringify(field.example)}</code></span>`}</p></dd></div>`;
}
