import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { ModelRow } from './models.ts';

const SHOWN_MAX = 60;

type Props = {
  readonly models: readonly ModelRow[];
  readonly onChoose: (id: string) => void;
  readonly onClose: () => void;
};

/** Chooses a model by name, with its price, its context and whether it answers here. */
export function Picker({ models, onChoose, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const found = useMemo(() => {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = models.filter(({ id, name }) => {
      const text = `${name} ${id}`.toLowerCase();
      return words.every((word) => text.includes(word));
    });
    const named = wanted.trim();
    // What is not in the list, such as a preset or a model of another day, can be named all the same.
    const other = named.includes('/') && !rows.some(({ id }) => id === named) ? [otherOf(named)] : [];
    return [...rows.slice(0, SHOWN_MAX), ...other];
  }, [models, wanted]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setAt((now) => Math.min(found.length - 1, Math.max(0, now + step)));
    }
    const chosen = found[at];
    if (event.key !== 'Enter' || !chosen) return;
    event.preventDefault();
    onChoose(chosen.id);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself
    <dialog
      ref={dialog}
      className="palette picker"
      aria-label="Choose a model"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <input
        type="text"
        role="combobox"
        aria-label="Model"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={found[at] ? `${list}-${at}` : undefined}
        placeholder="Search models, or name one: @preset/…"
        spellCheck={false}
        value={wanted}
        onChange={(event) => {
          setWanted(event.target.value);
          setAt(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} className="options" role="listbox" aria-label="Models">
        {found.map((model, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the combobox keeps the focus and names the active option
          // biome-ignore lint/a11y/useKeyWithClickEvents: Enter in the combobox chooses it
          <div
            key={model.id}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === at}
            ref={(row) => {
              if (place === at) row?.scrollIntoView({ block: 'nearest' });
            }}
            onClick={() => onChoose(model.id)}
          >
            <span className={model.isOn ? 'state live' : 'state'}>{model.name}</span>
            <small>
              {[model.price, model.context, model.reads, model.isOn ? '' : 'off'].filter(Boolean).join(' · ')}
            </small>
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="empty">No model of this name.</p>}
    </dialog>
  );
}

const otherOf = (id: string): ModelRow => ({
  id,
  name: id,
  isOn: true,
  sandbox: false,
  price: '',
  context: '',
  reads: 'as it is written',
});
