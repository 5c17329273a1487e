/** One field of a request body, in our words. */
export type RequestField = {
  readonly name: string;
  readonly type: string;
  /** What values it takes; empty where the type says it all. */
  readonly range?: string;
  /** What happens without it. */
  readonly otherwise?: string;
  readonly meaning: string;
  readonly example?: unknown;
};

/** Fields that belong together on the page; `id` is the group's anchor. */
export type FieldGroup = {
  readonly id: string;
  readonly title: string;
  readonly intro: string;
  readonly fields: readonly RequestField[];
};
