import { DIALECT_IDS, DIALECT_TABLE, type DialectId } from '../../../catalog/dialect-table.ts';
import { UPSTREAM_DIALECTS } from '../../../dialects/registry.ts';
import type { FieldGroup, RequestField } from '../../contract/field.ts';
import { CLIENTS, lossIn, nameIn } from '../../contract/support.ts';
import { exactCount } from '../figures.ts';
import { type Html, html, type Part, trusted } from '../html.ts';

/** How many models take a parameter. */
export type Takers = (name: string) => number;
type Options = {
  /** For members of an object: stands before the anchor, and the field has no place in other dialects' bodies. */
  readonly prefix?: string;
  readonly takers?: Takers;
  /** Stands in place of the group's introduction. */
  readonly lead?: Html;
};

/** One group of fields as a list of definitions, each with its own anchor. */
export function groupTable(group: FieldGroup, options: Options = {}): Html {
  return html`<section id="${group.id}" class="part"><h2>${group.title}</h2>${options.lead ?? html`<p class="lead">${group.intro}</p>`}
<dl class="fields">${group.fields.map((field) => entry(field, options))}</dl></section>`;
}

function entry(field: RequestField, { prefix, takers }: Options): Html {
  const id = `${prefix ?? ''}${field.name.replaceAll(/[\s,*]+/g, '-')}`; // several names may stand in one row
  const count = takers?.(field.name) ?? 0;
  return html`<div id="${id}"><dt><a href="#${id}"><code>${breakable(field.name)}</code></a><span>${field.type}</span></dt><dd><p>${field.meaning}</p>
<p class="terms">${[
    field.range && html`<span><i>range</i> ${field.range}</span>`,
    field.otherwise && html`<span><i>default</i> ${field.otherwise}</span>`,
    count > 0 &&
      html`<span><i>taken by</i> <a href="/models?feature=${field.name}">${exactCount(count)} ${count === 1 ? 'model' : 'models'}</a></span>`,
    field.example !== undefined && html`<span><i>example</i> <code>${JSON.stringify(field.example)}</code></span>`,
  ]}</p>${prefix === undefined && html`<p class="terms">${places(field)}</p>${takers && lostTo(field)}`}</dd></div>`;
}

/** A long path may break after its dots and underscores. */
const breakable = (name: string): Html =>
  html`${name
    .replace('.0.', '[0].')
    .split(/(?<=[._])/)
    .map((piece, at) => html`${at > 0 && trusted('<wbr>')}${piece}`)}`;

/** What the other dialects call it. The docs are generated once for each field: the decoders do not change while we run. */
const known = new Map<string, Html>();
function places(field: RequestField): Html {
  const before = known.get(field.name);
  if (before) return before;
  const names = CLIENTS.map(({ id, name }) => ({ name, at: nameIn(id, field) }));
  const here = names.filter(({ at }) => at === field.name).map(({ name }) => name);
  const elsewhere = names.filter(({ at }) => at !== null && at !== field.name);
  const absent = names.filter(({ at }) => at === null).map(({ name }) => name);
  const words: Part = [
    html`<span><i>in</i> ${absent.length + elsewhere.length === 0 ? 'every dialect' : here.join(', ')}</span>`,
    elsewhere.map(({ name, at }) => html`<span><i>in ${name}</i> ${wordsOf(at ?? '')}</span>`),
    absent.length > 0 && html`<span><i>not in</i> ${absent.join(', ')}</span>`,
  ];
  const made = html`${words}`;
  known.set(field.name, made);
  return made;
}

const wordsOf = (at: string): Html => (at.includes(' ') ? html`${at}` : html`<code>${at}</code>`);

/** The wire formats of providers that have no place for it, as their encoders say. */
function lostTo(field: RequestField): Html | null {
  const lost = UPSTREAMS.filter((id) => lossIn(id, field) !== null);
  if (lost.length === 0) return null;
  return html`<p class="terms"><span><i>left out for providers that speak</i> ${lost.map((id) => DIALECT_TABLE[id].name).join(', ')}</span></p>`;
}

const UPSTREAMS: readonly DialectId[] = DIALECT_IDS.filter((id) => id in UPSTREAM_DIALECTS.chat);
