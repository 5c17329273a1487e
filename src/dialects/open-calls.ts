/**
 * The function calls of a history whose vendor gives them no ids, or lets programs leave them out: their results match by
 * name, in the order of the calls.
 */
export type OpenCalls = {
  readonly ids: Set<string>;
  readonly answered: Set<string>;
  readonly byName: Map<string, Queue>;
  readonly all: Queue;
  made: number;
};
type Queue = { readonly ids: string[]; next: number };

export const openCalls = (): OpenCalls => ({
  ids: new Set(),
  answered: new Set(),
  byName: new Map(),
  all: { ids: [], next: 0 },
  made: 0,
});

/** The id of the next call: what it was told, if no earlier one has it, else one made up by its place in the history. */
export function takeCall(open: OpenCalls, name: string, told: string): string {
  let id = told;
  while (id === '' || open.ids.has(id)) id = `call_${open.made++}`;
  open.ids.add(id);
  open.all.ids.push(id);
  const queue = open.byName.get(name);
  if (queue) queue.ids.push(id);
  else open.byName.set(name, { ids: [id], next: 0 });
  return id;
}

/** The oldest call of this name that has no result yet; of any name where none is told. */
export function oldestOpen(open: OpenCalls, name: string | undefined): string | undefined {
  const queue = name === undefined ? open.all : open.byName.get(name);
  while (queue && queue.next < queue.ids.length) {
    const id = queue.ids[queue.next++];
    if (id !== undefined && !open.answered.has(id)) return id;
  }
  return undefined;
}
