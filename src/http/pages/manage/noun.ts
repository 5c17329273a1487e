import type { Verb } from '../../../access/may.ts';
import type { JsonObject } from '../../../base/json.ts';
import type { Field, Values } from '../form.ts';
import type { Column, Filter } from '../grid.ts';
import type { Html, Part } from '../html.ts';
import type { ApiCall } from './api.ts';
import type { Managing } from './frame.ts';

/** Something that a form does, by one call of the API. */
export type Action = {
  /** What of its address is its own. */
  readonly name: string;
  /** Of its button. */
  readonly label: string;
  readonly lead?: Part;
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly call: (body: JsonObject) => ApiCall;
  /** Folded away under these words: what cannot be undone, or is seldom wanted. */
  readonly folded?: string;
  /** The word for what was done (`DONE`), and where that is said: on the object's page, or on the list when it is gone. */
  readonly done: 'made' | 'saved' | 'deleted' | 'enabled' | 'disabled';
  readonly isGone?: true;
  /** What only this answer says, such as a new key's text: shown at once, instead of going elsewhere. */
  readonly shown?: (json: JsonObject) => Html;
};

/** One section of an object's page. */
export type Section = {
  readonly id: string;
  readonly title: string;
  readonly lead?: Part;
  readonly content?: Part;
  readonly actions?: readonly Action[];
};

/** Something that the API keeps and the console manages: its list, its form and its page are all made of this. */
export type Noun<About> = {
  /** `/settings/keys`; its objects' pages are below. */
  readonly path: string;
  readonly one: string;
  readonly many: string;
  readonly verb: Verb;
  readonly lead: Part;
  readonly list: ApiCall;
  /** The list is of one workspace, which the address may name. */
  readonly ofWorkspace?: true;
  /** Of one object. */
  readonly read: (id: string) => ApiCall;
  readonly idOf: (object: JsonObject) => string;
  readonly titleOf: (object: JsonObject) => string;
  readonly beside: (object: JsonObject) => Part;
  /** What its pages need to know beside. */
  readonly about: (managing: Managing) => Promise<About>;
  readonly facts: (object: JsonObject, about: About) => readonly Part[];
  readonly columns: (about: About) => readonly Column<JsonObject>[];
  readonly filters: (about: About) => readonly Filter[];
  readonly fields: (object: JsonObject, about: About) => { readonly [field: string]: string };
  readonly empty: Part;
  /** Above and below the list. */
  readonly around?: (
    list: JsonObject,
    about: About,
    managing: Managing,
  ) => { readonly above?: Part; readonly below?: Part };
  /** An action, or what must be chosen first. */
  readonly create: (about: About, managing: Managing) => Action | Html;
  readonly sections: (object: JsonObject, about: About, managing: Managing) => Promise<readonly Section[]>;
};
