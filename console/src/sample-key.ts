const KEPT_AS = 'sample-key';
const PLACEHOLDER = /<SWITCHWRIGHT_API_KEY>|\$SWITCHWRIGHT_API_KEY/g;

/** Makes a key for the owner when asked, and writes the tab's key into every sample. Signing out forgets it. */
export function enableSampleKey(): void {
  if (!document.querySelector('form[action="/sign-out"]')) sessionStorage.removeItem(KEPT_AS);
  const kept = sessionStorage.getItem(KEPT_AS);
  const button = document.querySelector<HTMLButtonElement>('[data-make-key]');
  const said = document.querySelector<HTMLElement>('[data-key-said]');
  if (!button || !said) return;
  const use = (key: string): void => {
    fillIn(key);
    button.hidden = true;
    said.textContent = `${key.slice(0, 12)}…${key.slice(-4)} stands in the samples, in this tab only`;
  };
  if (kept !== null) use(kept);
  button.addEventListener('click', async () => {
    button.disabled = true;
    const key = await makeKey();
    button.disabled = false;
    if (key === null) {
      said.textContent = 'The key could not be made. Is this page still signed in?';
      return;
    }
    sessionStorage.setItem(KEPT_AS, key);
    use(key);
  });
}

async function makeKey(): Promise<string | null> {
  try {
    const answer = await fetch('/api/v1/keys', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Samples' }),
    });
    const body = (await answer.json()) as { readonly key?: unknown };
    return answer.ok && typeof body.key === 'string' ? body.key : null;
  } catch {
    return null;
  }
}

function fillIn(key: string): void {
  for (const code of document.querySelectorAll('pre code')) {
    const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      node.nodeValue = node.nodeValue?.replace(PLACEHOLDER, key) ?? '';
  }
}
