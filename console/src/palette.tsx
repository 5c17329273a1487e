import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { ACTIONS } from './actions.ts';
import { type Entry, found as foundAmong } from './find.ts';

let dialog: HTMLDialogElement | null = null;

/** Opens the command palette, which reaches every page and model. */
export function openPalette(): void {
  if (!dialog) {
    dialog = document.createElement('dialog');
    dialog.className = 'palette';
    dialog.setAttribute('aria-label', 'Search');
    document.body.append(dialog);
    const opened = dialog;
    opened.addEventListener('click', (event) => {
      if (event.target === opened) opened.close();
    });
    createRoot(opened).render(<Palette />);
  }
  if (dialog.open) dialog.close();
  else {
    dialog.showModal();
    const field = dialog.querySelector('input');
    field?.focus();
    field?.select();
  }
}

function useEntries(): readonly Entry[] | 'failed' | null {
  const [entries, setEntries] = useState<readonly Entry[] | 'failed' | null>(null);
  useEffect(() => {
    fetch('/palette.json')
      .then((answer) => answer.json())
      .then(setEntries, () => setEntries('failed'));
  }, []);
  return entries;
}

function Palette() {
  const entries = useEntries();
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const found = useMemo(
    () => (Array.isArray(entries) ? foundAmong([...entries, ...ACTIONS], query) : []),
    [entries, query],
  );
  useEffect(() => field.current?.focus(), []);
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: 'nearest' }), [at]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((now) => Math.min(found.length - 1, Math.max(0, now + step)));
    }
    const chosen = found[at];
    if (event.key === 'Enter' && chosen) open(chosen);
  };
  return (
    <>
      <input
        ref={field}
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found[at] ? `${id}-${at}` : undefined}
        aria-label="Search models, pages and actions"
        placeholder="Search models, pages and actions"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div ref={list} id={id} className="options" role="listbox" aria-label="Results">
        {found.map((entry, index) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus and names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the combobox opens it
          <div
            key={`${entry.path ?? ''} ${entry.label}`}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onClick={() => open(entry)}
            onMouseMove={() => setAt(index)}
          >
            <span>{entry.label}</span>
            <code>{entry.hint}</code>
          </div>
        ))}
      </div>
      {found.length === 0 && <p>{message(entries)}</p>}
    </>
  );
}

function message(entries: readonly Entry[] | 'failed' | null): string {
  if (entries === null) return 'Loading …';
  return entries === 'failed' ? 'The list could not be loaded.' : 'Nothing matches.';
}

function open(entry: Entry): void {
  dialog?.close();
  if (entry.run) entry.run();
  else if (entry.path !== undefined) location.assign(entry.path);
}
