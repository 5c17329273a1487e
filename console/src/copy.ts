const SHOWN_MS = 1500;

/** Makes the copy buttons work. What is copied is the exact text, whatever is displayed. */
export function enableCopying(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('[data-copy], [data-copy-text]')) {
    button.addEventListener('click', async () => {
      const text = button.dataset.copyText ?? button.parentElement?.querySelector('pre')?.textContent ?? '';
      const isCopied = await copy(text);
      button.textContent = isCopied ? 'Copied' : 'Press ⌘C';
      setTimeout(() => {
        button.textContent = 'Copy';
      }, SHOWN_MS);
    });
  }
}

/** The clipboard needs a secure context, which a plain address in the local network is not: then the old way. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'unseen';
    document.body.append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    return isCopied;
  }
}
