/** Turns sections that stand one under the other into tabs, by the ARIA pattern; the choice is kept for all pages. */
export function enableTabs(root: HTMLElement): void {
  const panels = [...root.querySelectorAll<HTMLElement>(':scope > [data-tab]')];
  if (panels.length < 2) return;
  const name = root.dataset.tabs ?? 'tabs';
  const list = document.createElement('div');
  list.setAttribute('role', 'tablist');
  list.setAttribute('aria-label', 'Language');
  const tabs = panels.map((panel, at) => {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.id = `${name}-tab-${at}`;
    tab.setAttribute('role', 'tab');
    tab.append(panel.dataset.tab ?? '');
    const note = document.createElement('small');
    note.textContent = ` ${panel.dataset.note ?? ''}`;
    tab.append(note);
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', tab.id);
    return tab;
  });
  const choose = (chosen: number): void => {
    tabs.forEach((tab, at) => {
      tab.setAttribute('aria-selected', String(at === chosen));
      tab.tabIndex = at === chosen ? 0 : -1;
    });
    panels.forEach((panel, at) => {
      panel.hidden = at !== chosen;
    });
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener('click', () => {
      choose(at);
      localStorage.setItem(`tab:${name}`, panels[at]?.dataset.tab ?? '');
    });
    tab.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      next?.focus();
      next?.click();
    });
  });
  list.append(...tabs);
  root.prepend(list);
  root.classList.add('tabbed');
  const kept = localStorage.getItem(`tab:${name}`);
  choose(
    Math.max(
      0,
      panels.findIndex((panel) => panel.dataset.tab === kept),
    ),
  );
}
