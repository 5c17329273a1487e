import { type Json, type JsonObject, stringOf } from '../../../base/json.ts';
import { nano } from '../../../base/money.ts';
import { nanoOf } from '../../v1/account/body.ts';
import { cost, moment } from '../figures.ts';
import { type Html, html, type Part } from '../html.ts';

/** Members of what the API answers, as they are read. */
export const textIn = (object: JsonObject, name: string): string => stringOf(object[name]);
export const numberIn = (object: JsonObject, name: string): number => Number(object[name] ?? 0);

export const NONE: Html = html`<span class="none">–</span>`;

/** A time of the API's as a list shows it. */
export const timeOf = (value: Json | undefined): Html => (typeof value === 'string' ? moment(Date.parse(value)) : NONE);

/** An amount of the API's, in dollars. */
export const amountOf = (value: Json | undefined): Html =>
  typeof value === 'number' ? cost(nano(nanoOf(value) ?? 0n)) : NONE;

export const stateWords = (isOn: boolean, words: { readonly on: string; readonly off: string }): Html =>
  html`<span class="state ${isOn ? 'live' : 'degraded'}">${isOn ? words.on : words.off}</span>`;

/** Terms and what they are. */
export const pairs = (entries: readonly (readonly [string, Part])[]): Html =>
  html`<dl class="pairs wide">${entries.map(([term, words]) => html`<div><dt>${term}</dt><dd>${words}</dd></div>`)}</dl>`;

/** Lists of the other workspaces, where there are several. */
export function workspaceLinks(path: string, workspaces: ReadonlyMap<string, string>, current: string): Part {
  if (workspaces.size < 2) return null;
  const links = [...workspaces].map(
    ([id, name]) =>
      html`<a href="${path}?workspace_id=${id}"${id === current && html` aria-current="true"`}>${name}</a>`,
  );
  return html`<nav class="choice" aria-label="Workspace">${links}</nav>`;
}
