const EVERY_MS = 2_000;

/** Fetches the list again while the switch is on and somebody looks: the server renders the rows, here they are exchanged. */
export function enableLive(list: HTMLElement): void {
  const button = list.querySelector<HTMLButtonElement>('[data-live-switch]');
  if (!button) return;
  let timer = 0;
  const isOn = (): boolean => button.getAttribute('aria-pressed') === 'true';
  const again = (): void => {
    clearTimeout(timer);
    if (isOn()) timer = setTimeout(() => void refresh(), EVERY_MS);
  };
  const refresh = async (): Promise<void> => {
    if (!document.hidden && !(await exchange(list))) set(false);
    again();
  };
  const set = (on: boolean): void => {
    button.setAttribute('aria-pressed', String(on));
    const url = new URL(location.href);
    if (on) url.searchParams.set('live', '1');
    else url.searchParams.delete('live');
    history.replaceState(null, '', url);
    again();
  };
  button.addEventListener('click', () => set(!isOn()));
  if (new URL(location.href).searchParams.has('live')) set(true);
}

/** False = there is no list any more: somebody signed out. */
async function exchange(list: HTMLElement): Promise<boolean> {
  let text: string;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return false;
    text = await answer.text();
  } catch {
    return true; // the gateway starts anew, or the network is away for a moment
  }
  const fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-live-rows]');
  const old = list.querySelector('[data-live-rows]');
  if (!fresh || !old) return false;
  if (fresh.innerHTML === old.innerHTML) return true;
  const focused = old.contains(document.activeElement) ? document.activeElement?.closest('tr')?.dataset.id : undefined;
  old.replaceWith(fresh);
  if (focused) fresh.querySelector<HTMLElement>(`tr[data-id="${CSS.escape(focused)}"] a`)?.focus();
  list.querySelector('[data-none]')?.remove();
  return true;
}
