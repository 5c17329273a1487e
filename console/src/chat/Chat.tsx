import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { createRoot } from 'react-dom/client';
import { Composer } from './Composer.tsx';
import { Chats } from './chats.ts';
import { type Conversation, MODELS_MAX, markdownOf, titleOf } from './conversation.ts';
import { useModels } from './models.ts';
import { Picker } from './Picker.tsx';
import { Said } from './Said.tsx';
import { SettingsPanel } from './SettingsPanel.tsx';
import { Sidebar } from './Sidebar.tsx';

/** As near to the end as this, a reader is taken to read along. */
const AT_END_PX = 96;

/** Mounts the chat where the server left room for it. */
export function mountChat(root: HTMLElement): void {
  const query = new URL(location.href).searchParams;
  const last = query.has('model') ? [] : Chats.lastModels();
  const chats = new Chats(last.length > 0 ? last : [root.dataset.chat ?? '']);
  void chats.start(query.get('conversation'));
  addEventListener('pagehide', () => chats.keepAll());
  createRoot(root).render(<Chat chats={chats} />);
}

function Chat({ chats }: { readonly chats: Chats }) {
  const { conversation, summaries, draft, problem } = useSyncExternalStore(chats.subscribe, chats.snapshot);
  const isRunning = conversation.turns.some(({ answers }) => answers.some(({ state }) => state === 'running'));
  useFollowing(conversation);
  const doing = useMemo(
    () => ({
      onRetry: (turn: string, model: string) => chats.retry(turn, model),
      onStop: (turn: string, model: string) => chats.stop(turn, model),
      onEdit: (turn: string) => chats.edit(turn),
      onBranch: (turn: string) => chats.branch(turn),
    }),
    [chats],
  );
  return (
    <>
      <Sidebar
        summaries={summaries}
        current={conversation.id}
        onShow={(id) => void chats.show(id)}
        onFresh={() => chats.fresh()}
        onRename={(id, title) => chats.rename(id, title)}
        onDelete={(id) => void chats.delete(id)}
        onExport={(id, as) => void chats.opened(id).then((found) => found && saveAs(found, as))}
      />
      <div className="talking">
        {problem && <p className="notice">{problem}</p>}
        <ol className="talk">
          {conversation.turns.map((turn, at) => (
            <Said key={turn.id} turn={turn} isLast={at === conversation.turns.length - 1} {...doing} />
          ))}
        </ol>
        <p className="unseen" role="status">
          {spoken(conversation)}
        </p>
        <Composer
          key={conversation.id}
          isRunning={isRunning}
          draft={draft}
          onSend={(question, attachments) => chats.send(question, attachments)}
          onStop={() => chats.stop()}
        />
        <Models models={conversation.models} onChange={(models) => chats.set({ models })} />
        <SettingsPanel settings={conversation.settings} onChange={(settings) => chats.set({ settings })} />
      </div>
    </>
  );
}

/** Said aloud once, when an answer ends, not with its every word. */
function spoken({ turns }: Conversation): string {
  const answers = turns.at(-1)?.answers ?? [];
  if (answers.length === 0 || answers.some(({ state }) => state === 'running')) return '';
  return answers.map(({ model, content, error }) => `${model}: ${error ?? content.slice(0, 500)}`).join('. ');
}

/** Scrolls along with an answer for whoever reads at its end, and for nobody else. */
function useFollowing(conversation: Conversation): void {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const look = (): void => {
      isAtEnd.current = innerHeight + scrollY >= document.documentElement.scrollHeight - AT_END_PX;
    };
    addEventListener('scroll', look, { passive: true });
    return () => removeEventListener('scroll', look);
  }, []);
  const said = conversation.turns.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new question is looked at wherever one was
  useEffect(() => {
    isAtEnd.current = true;
  }, [said, conversation.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: with every change of what is shown
  useEffect(() => {
    if (isAtEnd.current && said > 0) scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' });
  }, [conversation]);
}

function Models({
  models,
  onChange,
}: {
  readonly models: readonly string[];
  readonly onChange: (models: readonly string[]) => void;
}) {
  const rows = useModels();
  /** The place that is chosen for; one beyond the last adds a model. */
  const [place, setPlace] = useState<number | null>(null);
  const choose = (id: string): void => {
    const others = models.filter((_, at) => at !== place);
    if (place !== null && !others.includes(id)) onChange(models.toSpliced(place, 1, id));
    setPlace(null);
  };
  return (
    <div className="models">
      {models.map((model, at) => (
        <span key={model}>
          <button type="button" aria-label={`Model: ${model}`} onClick={() => setPlace(at)}>
            {model || 'Choose a model'}
          </button>
          {models.length > 1 && (
            <button
              type="button"
              className="quiet"
              aria-label={`Remove ${model}`}
              onClick={() => onChange(models.filter((one) => one !== model))}
            >
              Remove
            </button>
          )}
        </span>
      ))}
      {models.length < MODELS_MAX && (
        <button type="button" className="quiet" onClick={() => setPlace(models.length)}>
          Add a model
        </button>
      )}
      {place !== null && <Picker models={rows} onChoose={choose} onClose={() => setPlace(null)} />}
    </div>
  );
}

function saveAs(conversation: Conversation, as: 'markdown' | 'json'): void {
  const isText = as === 'markdown';
  const text = isText ? markdownOf(conversation) : JSON.stringify(conversation, null, 2);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: isText ? 'text/markdown' : 'application/json' }));
  link.download = `${titleOf(conversation)
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 60)}.${isText ? 'md' : 'json'}`;
  link.click();
  URL.revokeObjectURL(link.href);
}
