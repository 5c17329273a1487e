import { useMemo, useState } from 'react';
import type { Summary } from './store.ts';

const SHOWN_MAX = 200;

type Props = {
  readonly summaries: readonly Summary[];
  readonly current: string;
  readonly onShow: (id: string) => void;
  readonly onFresh: () => void;
  readonly onRename: (id: string, title: string) => void;
  readonly onDelete: (id: string) => void;
  readonly onExport: (id: string, as: 'markdown' | 'json') => void;
};

/** The conversations of this browser: found by any word that was said. */
export function Sidebar({ summaries, current, onShow, onFresh, onRename, onDelete, onExport }: Props) {
  const [wanted, setWanted] = useState('');
  const [renaming, setRenaming] = useState<string | null>(null);
  const found = useMemo(() => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    return summaries.filter(({ text }) => words.every((word) => text.includes(word)));
  }, [summaries, wanted]);
  return (
    <nav className="conversations" aria-label="Conversations">
      <button type="button" onClick={onFresh}>
        New conversation
      </button>
      <input
        type="search"
        placeholder="Search conversations"
        aria-label="Search conversations"
        value={wanted}
        onChange={(event) => setWanted(event.target.value)}
      />
      <ul>
        {found.slice(0, SHOWN_MAX).map(({ id, title }) => (
          <li key={id} aria-current={id === current ? 'true' : undefined}>
            {renaming === id ? (
              <form
                onSubmit={(event) => {
                  event.preventDefault();
                  onRename(id, String(new FormData(event.currentTarget).get('title') ?? '').trim());
                  setRenaming(null);
                }}
              >
                {/* biome-ignore lint/a11y/noAutofocus: it was asked for with a button */}
                <input name="title" defaultValue={title} aria-label="Name" autoFocus maxLength={100} />
              </form>
            ) : (
              <button type="button" className="name" onClick={() => onShow(id)}>
                {title}
              </button>
            )}
            <details>
              <summary aria-label={`More of ${title}`}>…</summary>
              {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: closes behind whichever button was pressed */}
              <div
                onClick={(event) => {
                  const menu = event.currentTarget.closest('details');
                  if (menu) menu.open = false;
                }}
              >
                <button type="button" className="quiet" onClick={() => setRenaming(id)}>
                  Rename
                </button>
                <button type="button" className="quiet" onClick={() => onExport(id, 'markdown')}>
                  Export as Markdown
                </button>
                <button type="button" className="quiet" onClick={() => onExport(id, 'json')}>
                  Export as JSON
                </button>
                <button type="button" className="quiet" onClick={() => onDelete(id)}>
                  Delete
                </button>
              </div>
            </details>
          </li>
        ))}
      </ul>
      {wanted !== '' && found.length === 0 && <p className="empty">No conversation says that.</p>}
    </nav>
  );
}
