/** Marks the tab of the section that is being read. */
export function enableSpy(nav: HTMLElement): void {
  const links = [...nav.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')];
  const parts = links.flatMap((link) => document.getElementById(link.hash.slice(1)) ?? []);
  if (parts.length === 0) return;
  const mark = (): void => {
    const line = nav.getBoundingClientRect().bottom + innerHeight / 4;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const read = parts.filter((part) => part.getBoundingClientRect().top <= line).at(-1) ?? parts[0];
    const current = atEnd && scrollY > 0 ? (parts.filter(isVisible).at(-1) ?? read) : read;
    for (const link of links) {
      if (link.hash.slice(1) === current?.id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  addEventListener('scroll', mark, { passive: true });
  mark();
}

const isVisible = (part: HTMLElement): boolean => part.getBoundingClientRect().top < innerHeight;
