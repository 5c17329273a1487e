const AT_ONCE = 16;
const PER_FRAME = 60;

/**
 * Shows the wanted rows: as many as a window can hold at once, the rest over the next frames, so that a keystroke never
 * waits for the layout of a long table. Answers how many are wanted.
 */
export function rowReveal(): (
  rows: Iterable<HTMLTableRowElement>,
  isWanted: (row: HTMLTableRowElement) => boolean,
) => number {
  let later = 0;
  return (rows, isWanted) => {
    cancelAnimationFrame(later);
    let wanted = 0;
    const waiting: HTMLTableRowElement[] = [];
    for (const row of rows) {
      const isShown = isWanted(row);
      if (isShown) wanted++;
      if (!isShown || (row.hidden && wanted > AT_ONCE)) hide(row);
      else if (row.hidden) row.hidden = false;
      if (isShown && row.hidden) waiting.push(row);
    }
    const next = (): void => {
      for (const row of waiting.splice(0, PER_FRAME)) row.hidden = false;
      if (waiting.length > 0) later = requestAnimationFrame(next);
    };
    if (waiting.length > 0) later = requestAnimationFrame(next);
    return wanted;
  };
}

function hide(row: HTMLTableRowElement): void {
  if (!row.hidden) row.hidden = true;
}
