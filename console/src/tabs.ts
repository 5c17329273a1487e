/** Makes tabs of sections that stand one under the other, by the ARIA pattern; the choice is kept for all pages. */
export function enableTabs(root: HTMLElement): void {
  const tabs = [...root.querySelectorAll<HTMLButtonElement>('[role="tab"]')];
  const panels = [...root.querySelectorAll<HTMLElement>(':scope > [data-tab]')];
  if (tabs.length < 2) return;
  const place = `tab:${root.dataset.tabs}`;
  const choose = (chosen: number): void => {
    tabs.forEach((tab, at) => {
      tab.setAttribute('aria-selected', String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
    });
    panels.forEach((panel, at) => {
      panel.hidden = at !== chosen;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', tabs[at]?.id ?? '');
    });
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener('click', () => {
      choose(at);
      localStorage.setItem(place, panels[at]?.dataset.tab ?? '');
    });
    tab.addEventListener('keydown', (event) => {
      const to = KEYS[event.key]?.(at, tabs.length);
      if (to === undefined) return;
      event.preventDefault();
      tabs[to]?.focus();
      tabs[to]?.click();
    });
  });
  root.classList.add('tabbed');
  const kept = localStorage.getItem(place);
  const at = panels.findIndex((panel) => panel.dataset.tab === kept);
  choose(Math.max(0, at));
}

const KEYS: { readonly [key: string]: (at: number, size: number) => number } = {
  ArrowRight: (at, size) => (at + 1) % size,
  ArrowLeft: (at, size) => (at - 1 + size) % size,
  Home: () => 0,
  End: (_, size) => size - 1,
};
