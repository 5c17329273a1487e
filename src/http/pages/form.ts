import { flag, type Html, html, NOTHING, type Part } from './html.ts';

/** One thing that a form asks for. Its name is the member of the API's body that it becomes, with dots where that is nested. */
export type Field = {
  readonly name: string;
  readonly label: string;
  readonly kind: Kind;
  readonly hint?: Part;
  readonly required?: boolean;
  /** What an empty field becomes in the body: nothing, or a null, which takes away what was set. */
  readonly empty?: 'absent' | 'null';
  readonly placeholder?: string;
};

/**
 * `whether` is yes, no or not said; `number` and `money` become numbers, `moment` a time in UTC, `switch` true or false,
 * `lines` a list, `json` an object and `json-list` a list, as they are written. A `secret` is never written back into a
 * page.
 */
type Kind =
  | 'whether'
  | 'text'
  | 'number'
  | 'money'
  | 'moment'
  | 'switch'
  | 'lines'
  | 'words'
  | 'json'
  | 'json-list'
  | 'secret'
  | Choice;
type Choice = { readonly options: readonly (readonly [value: string, label: string])[] };

/** What stands in the fields, by their names: as it was typed. */
export type Values = { readonly [name: string]: string };
/** Why a form was not taken, and which field it is about; null = none of them. */
export type Complaint = { readonly message: string; readonly field: string | null };

export type Form = {
  /** Tells the forms of a page apart. */
  readonly name: string;
  readonly action: string;
  readonly label: string;
  readonly fields: readonly Field[];
  readonly values: Values;
  readonly complaint?: Complaint | null;
  readonly primary?: boolean;
};

const optionsOf = (kind: Kind): Choice['options'] | null =>
  kind === 'whether' ? WHETHER : typeof kind === 'string' ? null : kind.options;
const WHETHER = [
  ['', 'not said'],
  ['true', 'yes'],
  ['false', 'no'],
] as const;

/** A form of the console: complete without a script; what is wrong stands beside its field. */
export function form(value: Form): Html {
  const { name, action, label, fields, complaint = null, primary = true } = value;
  const place = complaint && placeOf(fields, complaint);
  return html`<form class="form" method="post" action="${action}" autocomplete="off" novalidate id="form-${name}">
${complaint && html`<p class="notice wrong" role="alert">${place ? html`<a href="#${idOf(name, place)}">${place.label}</a>: ${complaint.message}` : complaint.message}</p>`}
${fields.map((field) => control(value, field, field === place ? complaint : null))}
<p class="actions"><button type="submit"${primary && html` class="primary"`}>${label}</button></p>
</form>`;
}

/** A complaint about a part of what a field holds is about the field. */
const placeOf = (fields: readonly Field[], { field: about }: Complaint): Field | undefined =>
  about === null ? undefined : fields.find(({ name }) => about === name || about.startsWith(`${name}.`));

const idOf = (form: string, { name }: Field): string => `${form}-${name.replaceAll('.', '-')}`;

function control({ name: form, values }: Form, field: Field, complaint: Complaint | null): Html {
  const id = idOf(form, field);
  const value = values[field.name] ?? '';
  const told = [field.hint && `${id}-hint`, complaint && `${id}-wrong`].filter(Boolean).join(' ');
  const about = html`${told && html` aria-describedby="${told}"`}${complaint && html` aria-invalid="true"`}`;
  const common = html`id="${id}" name="${field.name}"${about}${flag('required', field.required)}`;
  const notes = html`${field.hint && html`<p class="hint" id="${id}-hint">${field.hint}</p>`}${complaint && html`<p class="wrong" id="${id}-wrong">${complaint.message}</p>`}`;
  if (field.kind === 'switch')
    return html`<div class="field switch"><input type="checkbox" ${common} value="true"${flag('checked', value === 'true')}><label for="${id}">${field.label}</label>${notes}</div>`;
  return html`<div class="field"><label for="${id}">${field.label}${!field.required && html` <small>optional</small>`}</label>${input(field, common, value)}${notes}</div>`;
}

function input({ kind, placeholder }: Field, common: Html, value: string): Html {
  const hint = placeholder === undefined ? NOTHING : html` placeholder="${placeholder}"`;
  const options = optionsOf(kind);
  if (options) {
    const unknown = value !== '' && !options.some(([option]) => option === value);
    return html`<select ${common}>${options.map(([option, label]) => html`<option value="${option}"${flag('selected', option === value)}>${label}</option>`)}${unknown && html`<option value="${value}" selected>${value}</option>`}</select>`;
  }
  switch (kind) {
    case 'lines':
    case 'words':
    case 'json':
    case 'json-list':
      // A first line break in a text area is none of its text (HTML standard).
      return html`<textarea ${common} rows="${kind === 'lines' ? 3 : 6}"${hint}${kind !== 'words' && html` class="code" spellcheck="false"`}>
${value}</textarea>`;
    case 'secret':
      return html`<input type="password" ${common} autocomplete="new-password" spellcheck="false"${hint}>`;
    case 'moment':
      return html`<input type="datetime-local" step="1" ${common} value="${value}">`;
    case 'number':
    case 'money':
      // Not of type number: that would lose what is typed and is none.
      return html`<input type="text" inputmode="${kind === 'number' ? 'numeric' : 'decimal'}" ${common} value="${value}"${hint}>`;
    default:
      return html`<input type="text" ${common} value="${value}"${hint}>`;
  }
}
