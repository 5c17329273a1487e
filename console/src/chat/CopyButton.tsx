import { useState } from 'react';

/** How long a button says what it has done. */
const SHOWN_MS = 1500;

/** Copies the exact text, and says whether it could. */
export function CopyButton({ text }: { readonly text: string }) {
  const [said, setSaid] = useState('Copy');
  const copy = async (): Promise<void> => {
    const isCopied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setSaid(isCopied ? 'Copied' : 'Press ⌘C');
    setTimeout(() => setSaid('Copy'), SHOWN_MS);
  };
  return (
    <button type="button" className="quiet" onClick={copy}>
      {said}
    </button>
  );
}
