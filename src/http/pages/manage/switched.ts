import type { JsonObject } from '../../../base/json.ts';
import type { Field } from '../form.ts';
import { valuesOf } from '../form-body.ts';
import type { Html, Part } from '../html.ts';
import type { ApiCall } from './api.ts';
import type { Section } from './noun.ts';
import { stateWords } from './words.ts';

/** Something that is kept under an id and is `enabled` or not. */
type Switched = {
  readonly object: JsonObject;
  /** What its kind is called. */
  readonly one: string;
  /** The path of its calls, and which of them it is. */
  readonly path: ApiCall['path'];
  readonly params: NonNullable<ApiCall['params']>;
};

/** The fields of something, as they are, to be changed. */
export const settingsOf = (
  { object, path, params }: Switched,
  { fields, lead }: { readonly fields: readonly Field[]; readonly lead: Part },
): Section => ({
  id: 'settings',
  title: 'Settings',
  lead,
  actions: [
    {
      name: 'edit',
      label: 'Save',
      fields,
      values: valuesOf(fields, object),
      call: (body) => ({ method: 'PATCH', path, params, body }),
      done: 'saved',
    },
  ],
});

/** The end of something that is `enabled` or not: for a while, or for good. */
export function endOf({ object, one, path, params }: Switched, lead?: Part): Section {
  const isOn = object.enabled === true;
  return {
    id: 'end',
    title: 'Switch off or delete',
    actions: [
      {
        name: 'state',
        label: isOn ? 'Switch off' : 'Switch on',
        fields: [],
        values: {},
        call: () => ({ method: 'PATCH', path, params, body: { enabled: !isOn } }),
        done: isOn ? 'disabled' : 'enabled',
      },
      {
        name: 'delete',
        label: `Delete the ${one}`,
        folded: 'Delete',
        ...(lead !== undefined && { lead }),
        fields: [],
        values: {},
        call: () => ({ method: 'DELETE', path, params }),
        done: 'deleted',
        isGone: true,
      },
    ],
  };
}

export const isEnabledWords = (object: JsonObject): Html =>
  stateWords(object.enabled === true, { on: 'on', off: 'off' });
