const AT_ONCE = 16;
const PER_FRAME = 60;

/**
 * Shows the wanted rows: as many as a window can hold at once, the rest over the next frames, so that a keystroke never
 * waits for the layout of a long table. Answers how many
 * are wanted of each list.
 */
export function rowReveal(): (
  lists: readonly (readonly HTMLTableRowElement[])[],
  isWanted: (row: HTMLTableRowElement) => boolean,
) => readonly number[] {
  let later = 0;
  return (lists, isWanted) => {
    cancelAnimationFrame(later);
    let seen = 0;
    const waiting: HTMLTableRowElement[] = [];
    const show = (row: HTMLTableRowElement): boolean => {
      const isShown = isWanted(row);
      if (isShown) seen++;
      if (!isShown || (row.hidden && seen > AT_ONCE)) hide(row);
      else if (row.hidden) row.hidden = false;
      if (isShown && row.hidden) waiting.push(row);
      return isShown;
    };
    const counts = lists.map((rows) => rows.filter(show).length);
    const next = (): void => {
      for (const row of waiting.splice(0, PER_FRAME)) row.hidden = false;
      if (waiting.length > 0) later = requestAnimationFrame(next);
    };
    if (waiting.length > 0) later = requestAnimationFrame(next);
    return counts;
  };
}

function hide(row: HTMLTableRowElement): void {
  if (!row.hidden) row.hidden = true;
}
