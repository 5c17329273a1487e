import { completionTokens, promptTokens } from '../../../call/usage.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import type { Receipt } from '../../../facts/receipt.ts';
import type { Refusal } from '../../../insights/requests.ts';
import { cost, count, exactCount, milliseconds, moment } from '../figures.ts';
import { type Html, html, type Part } from '../html.ts';
import type { Entry } from './entries.ts';
import type { Names } from './names.ts';

type Means = { readonly catalog: Catalog; readonly names: Names };
type Column = {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'number';
  /** On a phone only those stand that tell most. */
  readonly isWide?: true;
  readonly receipt: (receipt: Receipt, means: Means) => Part;
  readonly refusal: (refusal: Refusal, means: Means) => Part;
};

const NONE = html`<span class="none">–</span>`;
const none = (): Part => NONE;
export const STATE_CLASSES = {
  completed: 'live',
  failed: 'down',
  cancelled: 'degraded',
  interrupted: 'degraded',
} as const;

export const providerName = (catalog: Catalog, slug: string | null): string =>
  slug === null ? '–' : (catalog.providers.get(slug)?.name ?? slug);

export const receiptPath = (id: string): string => `/generation/${encodeURIComponent(id)}`;
const when = (id: string, at: number): Html => html`<a href="${receiptPath(id)}">${moment(at)}</a>`;

const COLUMNS: readonly Column[] = [
  {
    key: 'time',
    label: 'Time, UTC',
    kind: 'text',
    receipt: ({ id, createdAt }) => when(id, createdAt),
    refusal: ({ id, createdAt }) => when(id, createdAt),
  },
  {
    key: 'model',
    label: 'Model',
    kind: 'text',
    receipt: ({ model, requestedModel }) => html`<code>${model ?? requestedModel}</code>`,
    refusal: ({ model }) => (model === null ? NONE : html`<code>${model}</code>`),
  },
  {
    key: 'provider',
    label: 'Provider',
    kind: 'text',
    isWide: true,
    receipt: ({ provider }, { catalog }) => providerName(catalog, provider),
    refusal: none,
  },
  {
    key: 'key',
    label: 'Key',
    kind: 'text',
    isWide: true,
    receipt: ({ keyId }, { names }) => names.keyName(keyId),
    refusal: ({ keyId, keyLabel }, { names }) =>
      keyId === null ? html`<code>${keyLabel}</code>` : names.keyName(keyId),
  },
  {
    key: 'app',
    label: 'App',
    kind: 'text',
    isWide: true,
    receipt: ({ app }) =>
      app ? html`<span class="cut" title="${app.title || app.origin}">${app.title || app.origin}</span>` : NONE,
    refusal: none,
  },
  {
    key: 'state',
    label: 'State',
    kind: 'text',
    receipt: ({ state, fault }) => html`<span class="state ${STATE_CLASSES[state]}">${fault?.code ?? state}</span>`,
    refusal: ({ code, message, others }) =>
      html`<span class="state down" title="${message}">${code}</span>${others > 0 && html` <small>and ${exactCount(others)} more</small>`}`,
  },
  {
    key: 'prompt',
    label: 'Prompt',
    kind: 'number',
    isWide: true,
    receipt: ({ usage }) => count(promptTokens(usage)),
    refusal: none,
  },
  {
    key: 'completion',
    label: 'Completion',
    kind: 'number',
    isWide: true,
    receipt: ({ usage }) => count(completionTokens(usage)),
    refusal: none,
  },
  {
    key: 'first',
    label: 'First content',
    kind: 'number',
    isWide: true,
    receipt: ({ firstContentMs }) => (firstContentMs === null ? NONE : milliseconds(firstContentMs)),
    refusal: none,
  },
  {
    key: 'duration',
    label: 'Time taken',
    kind: 'number',
    isWide: true,
    receipt: ({ totalMs }) => milliseconds(totalMs),
    refusal: none,
  },
  { key: 'cost', label: 'Cost', kind: 'number', receipt: ({ bill }) => cost(bill.cost), refusal: none },
];

/** Requests one below the other, in the order given. */
export function requestTable(entries: readonly Entry[], means: Means): Html {
  const classOf = ({ kind, isWide }: Column): string => (isWide ? `${kind} wide` : kind);
  const cell = (column: Column, entry: Entry): Part =>
    entry.kind === 'receipt' ? column.receipt(entry.receipt, means) : column.refusal(entry.refusal, means);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Requests"><table class="requests">
<thead><tr>${COLUMNS.map((column) => html`<th scope="col" class="${classOf(column)}">${column.label}</th>`)}</tr></thead>
<tbody data-live-rows>${entries.map(
    (entry) =>
      html`<tr data-id="${entry.id}">${COLUMNS.map((column, at) => (at === 0 ? html`<th scope="row" class="${classOf(column)}">${cell(column, entry)}</th>` : html`<td class="${classOf(column)}">${cell(column, entry)}</td>`))}</tr>
`,
  )}</tbody></table></div>`;
}
