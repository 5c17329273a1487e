import { may } from '../../../access/may.ts';
import { isObject, type JsonObject } from '../../../base/json.ts';
import type { RouteAnswer } from '../../route.ts';
import { type Complaint, form, type Values } from '../form.ts';
import { bodyOf, complaintOf, objectionTo, sentIn } from '../form-body.ts';
import { grid } from '../grid.ts';
import { type Html, html, type Part } from '../html.ts';
import { notFound } from '../not-found.ts';
import { verbOf } from './api.ts';
import { listOf, type ManagedRoute, type Managing, manage, managed, redirect, sameByApi } from './frame.ts';
import type { Action, Noun, Section } from './noun.ts';

/** What came of a form: what was typed and is wrong with it, or what its answer shows. */
type Outcome = {
  readonly action: string;
  readonly values: Values | null;
  readonly complaint: Complaint | null;
  readonly shown: Html | null;
  readonly status: number;
};

const PAGE = 100;

/** The routes of a noun: its list, its form, its objects' pages and whatever is done there. */
export function pagesOf<About>(noun: Noun<About>): readonly ManagedRoute[] {
  const { path, verb } = noun;
  // Who may look may be more than who may change something.
  const reads = verbOf(noun.list);
  const made = path.replace('/settings/', '/settings/new/');
  return [
    managed('GET', path, reads, (managing) => showList(noun, made, managing)),
    managed('GET', made, verb, (managing) => showNew(noun, made, managing, null)),
    managed('POST', made, verb, (managing) => create(noun, made, managing)),
    managed('GET', `${path}/:id`, reads, (managing) => ofObject(noun, managing, (object) => showOne(object, null))),
    managed('POST', `${path}/:id/:action`, verb, (managing) => ofObject(noun, managing, act)),
  ];
}

const offsetIn = ({ request }: Managing): number =>
  /^\d{1,7}$/.test(request.query.offset ?? '') ? Number(request.query.offset) : 0;

async function showList<About>(noun: Noun<About>, made: string, managing: Managing): Promise<RouteAnswer> {
  const offset = offsetIn(managing);
  const { workspace_id } = managing.request.query;
  const inside = noun.ofWorkspace && workspace_id !== undefined ? { workspace_id } : {};
  const list = { ...noun.list, query: { ...noun.list.query, ...inside } };
  const call = { ...list, query: { ...list.query, offset: String(offset), limit: String(PAGE) } };
  const [answer, about] = await Promise.all([managing.api(call), noun.about(managing)]);
  if (!answer.ok) return notFound(managing.request, { message: answer.message });
  const rows = listOf(answer.json);
  const total = Number(answer.json.total_count ?? rows.length);
  const { above, below } = noun.around?.(answer.json, about, managing) ?? {};
  return manage(managing, {
    path: noun.path,
    title: noun.many,
    beside: may(managing.caller, noun.verb) && html`<a class="try" href="${made}">New ${noun.one}</a>`,
    facts: [total === 1 ? `1 ${noun.one}` : `${total} ${noun.many}`],
    content: html`<p class="lead above">${noun.lead}</p>${above}
${grid({ name: noun.path.split('/').at(-1) ?? '', noun: noun.many, columns: noun.columns(about), filters: noun.filters(about), fields: (row) => noun.fields(row, about), rows, empty: html`${noun.empty} <a href="${made}">New ${noun.one}</a>` }, managing.request.query)}
${pager(noun.path, { offset, total, inside })}${below}${sameByApi(list, managing)}`,
  });
}

type Place = {
  readonly offset: number;
  readonly total: number;
  readonly inside: { readonly [name: string]: string };
};

/** Earlier and later rows, where there are more than a page holds. */
function pager(path: string, { offset, total, inside }: Place): Part {
  if (total <= PAGE && offset === 0) return null;
  const at = (place: number): string => `${path}?${new URLSearchParams({ ...inside, offset: String(place) })}`;
  const before = Math.max(0, offset - PAGE);
  return html`<p class="pager">${offset > 0 && html`<a href="${at(before)}">The ${PAGE} before</a>`} ${Math.min(offset + 1, total)}–${Math.min(offset + PAGE, total)} of ${total} ${offset + PAGE < total && html`<a href="${at(offset + PAGE)}">The next ${PAGE}</a>`}</p>`;
}

async function showNew<About>(
  noun: Noun<About>,
  made: string,
  managing: Managing,
  outcome: Outcome | null,
): Promise<RouteAnswer> {
  const about = await noun.about(managing);
  const action = noun.create(about, managing);
  const search = new URLSearchParams(
    Object.entries(managing.request.query).filter((pair): pair is [string, string] => pair[1] !== undefined),
  ).toString();
  return manage(managing, {
    path: made,
    title: `New ${noun.one}`,
    above: [noun.path, noun.many],
    status: outcome?.status ?? 200,
    content: html`<section class="part">${
      outcome?.shown ??
      ('markup' in action ? action : actionForm(action, `${made}${search && `?${search}`}`, outcome, managing))
    }</section>`,
  });
}

async function create<About>(noun: Noun<About>, made: string, managing: Managing): Promise<RouteAnswer> {
  const action = noun.create(await noun.about(managing), managing);
  if ('markup' in action) return showNew(noun, made, managing, null);
  const { outcome, json } = await done(action, managing);
  if (outcome) return showNew(noun, made, managing, outcome);
  const object = isObject(json.data) ? json.data : {};
  return redirect(`${noun.path}/${encodeURIComponent(noun.idOf(object))}?done=made`);
}

/** Does it; an outcome where there is something to show here. */
async function done(
  action: Action,
  { api, request }: Managing,
): Promise<{ readonly outcome: Outcome | null; readonly json: JsonObject }> {
  const values = sentIn(request.body);
  const said = { action: action.name, values: null, complaint: null, shown: null };
  const objection = objectionTo(action.fields, values);
  if (objection) return { outcome: { ...said, values, complaint: objection, status: 400 }, json: {} };
  const answer = await api(action.call(bodyOf(action.fields, values)));
  if (!answer.ok) {
    const { status } = answer;
    return { outcome: { ...said, values, complaint: complaintOf(answer), status }, json: {} };
  }
  const { json } = answer;
  return { outcome: action.shown ? { ...said, shown: action.shown(json), status: 200 } : null, json };
}

type One<About> = {
  readonly noun: Noun<About>;
  readonly id: string;
  readonly object: JsonObject;
  readonly about: About;
  readonly managing: Managing;
};

async function ofObject<About>(
  noun: Noun<About>,
  managing: Managing,
  handle: (one: One<About>) => Promise<RouteAnswer>,
): Promise<RouteAnswer> {
  const id = managing.request.params.id ?? '';
  const [answer, about] = await Promise.all([managing.api(noun.read(id)), noun.about(managing)]);
  const object = answer.ok && isObject(answer.json.data) ? answer.json.data : null;
  if (object === null)
    return notFound(managing.request, { message: `There is no such ${noun.one} here.`, list: noun.path });
  return handle({ noun, id, object, about, managing });
}

async function showOne<About>(one: One<About>, outcome: Outcome | null): Promise<RouteAnswer> {
  const { noun, id, object, about, managing } = one;
  const mayChange = may(managing.caller, noun.verb);
  const all = await noun.sections(object, about, managing);
  const sections = mayChange ? all : all.filter(({ content }) => content);
  const path = `${noun.path}/${encodeURIComponent(id)}`;
  return manage(managing, {
    path,
    title: noun.titleOf(object),
    above: [noun.path, noun.many],
    beside: noun.beside(object),
    facts: noun.facts(object, about),
    tabs: sections.map(({ id: at, title }) => [at, title]),
    status: outcome?.status ?? 200,
    content: html`${outcome?.shown && html`<section class="part">${outcome.shown}</section>`}
${sections.map((section) => sectionOf(section, { path, outcome, managing, mayChange }))}${sameByApi(noun.read(id), managing)}`,
  });
}

async function act<About>(one: One<About>): Promise<RouteAnswer> {
  const { noun, id, object, about, managing } = one;
  const sections = await noun.sections(object, about, managing);
  const asked = managing.request.params.action;
  const action = sections.flatMap(({ actions = [] }) => actions).find(({ name }) => name === asked);
  if (!action)
    return notFound(managing.request, { message: 'Nothing of this name can be done here.', list: noun.path });
  const { outcome } = await done(action, managing);
  if (outcome?.shown) return ofObject(noun, managing, (now) => showOne(now, outcome));
  if (outcome) return showOne(one, outcome);
  return redirect(`${noun.path}${action.isGone ? '' : `/${encodeURIComponent(id)}`}?done=${action.done}`);
}

type OfSection = {
  readonly path: string;
  readonly outcome: Outcome | null;
  readonly managing: Managing;
  readonly mayChange: boolean;
};

function sectionOf(section: Section, { path, outcome, managing, mayChange }: OfSection): Html {
  const { id, title, lead, content, actions = [] } = section;
  return html`<section class="part" id="${id}"><h2>${title}</h2>${lead && html`<p class="lead">${lead}</p>`}${content}
${mayChange && actions.map((action) => actionForm(action, `${path}/${action.name}`, outcome, managing))}</section>`;
}

function actionForm(action: Action, to: string, outcome: Outcome | null, managing: Managing): Html {
  const { name, label, lead, fields, folded } = action;
  const mine = outcome?.action === name ? outcome : null;
  const values = mine?.values ?? action.values;
  const shown = html`${lead && html`<p class="lead">${lead}</p>`}
${form({ name, action: to, label, fields, values, complaint: mine?.complaint ?? null, primary: folded === undefined })}
${sameByApi(action.call(exampleOf(action, values)), managing)}`;
  if (folded === undefined) return shown;
  return html`<details class="folded"${mine?.complaint && html` open`}><summary>${folded}</summary>${shown}</details>`;
}

/** The body that a form would send, with dots for what is not said yet or must not be seen. */
function exampleOf({ fields }: Action, values: Values): JsonObject {
  const filled: { [name: string]: string } = { ...values };
  for (const { name, kind, required } of fields)
    if (kind === 'secret' || !filled[name]) filled[name] = !required ? '' : kind === 'money' ? '10' : '…';
  return bodyOf(fields, filled);
}
