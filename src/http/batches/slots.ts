/** So many things at once; whoever comes beyond that waits in turn. */
export type Slots = { readonly take: () => Promise<void>; readonly give: () => void };

export function openSlots(count: number): Slots {
  let free = count;
  const waiting: (() => void)[] = [];
  return {
    take: () => {
      if (free > 0) {
        free--;
        return Promise.resolve();
      }
      return new Promise((next) => waiting.push(next));
    },
    give: () => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    },
  };
}
