const YEAR_S = 31_536_000;

/** Switches between light and dark. The choice is a cookie, so that the server's first paint has it already. */
export function enableTheme(button: HTMLButtonElement | null): void {
  if (!button) return;
  button.addEventListener('click', () => {
    const root = document.documentElement;
    const current = root.dataset.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light');
    const next = current === 'dark' ? 'light' : 'dark';
    root.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in Firefox and on plain http
    document.cookie = `theme=${next}; path=/; max-age=${YEAR_S}; samesite=lax`;
  });
}
