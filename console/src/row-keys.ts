/** j and k, or the arrows while the list has the focus, move along the visible rows; Enter opens the row's link. */
export function enableRowKeys(root: HTMLElement): void {
  const region = root.querySelector<HTMLElement>('.scroll');
  if (!region?.querySelector('tbody a')) return;
  let here: HTMLTableRowElement | null = null;
  const go = (row: HTMLTableRowElement | undefined): void => {
    if (!row) return;
    here?.classList.remove('here');
    here = row;
    here.classList.add('here');
    here.scrollIntoView({ block: 'nearest' });
  };
  region.addEventListener('blur', () => here?.classList.remove('here'));
  region.addEventListener('keydown', (event) => {
    if (event.target !== region || event.metaKey || event.ctrlKey || event.altKey) return;
    const step = KEYS[event.key];
    if (event.key === 'Enter') here?.querySelector('a')?.click();
    if (step === undefined) return;
    event.preventDefault();
    const visible = [...region.querySelectorAll<HTMLTableRowElement>('tbody tr[data-at]:not([hidden])')];
    const at = here && !here.hidden ? visible.indexOf(here) : -1;
    go(visible[Math.min(visible.length - 1, Math.max(0, at + step))]);
  });
}

const KEYS: { readonly [key: string]: number } = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };
