import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { type Answer, ask, NO_ANSWER, type Turn } from './stream.ts';

type Exchange = { readonly question: string; readonly model: string; readonly answer: Answer };
const KEPT_AS = 'chat';
const KEPT_MAX = 50;

/** Mounts the chat where the server left room for it. */
export function mountChat(root: HTMLElement): void {
  createRoot(root).render(<Chat model={root.dataset.chat ?? ''} />);
}

function kept(): readonly Exchange[] {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(KEPT_AS) ?? '[]');
    return Array.isArray(value) ? (value as Exchange[]) : [];
  } catch {
    return [];
  }
}

const turnsOf = (exchanges: readonly Exchange[]): Turn[] =>
  exchanges
    .filter(({ answer }) => answer.content !== '')
    .flatMap(({ question, answer }) => [
      { role: 'user', content: question } as const,
      { role: 'assistant', content: answer.content } as const,
    ]);

function Chat({ model: first }: { readonly model: string }) {
  const [exchanges, setExchanges] = useState(kept);
  const [model, setModel] = useState(first);
  const [question, setQuestion] = useState('');
  const [running, setRunning] = useState<AbortController | null>(null);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    localStorage.setItem(KEPT_AS, JSON.stringify(exchanges.slice(-KEPT_MAX)));
    if (exchanges.length > 0) end.current?.scrollIntoView({ block: 'nearest' });
  }, [exchanges]);

  const send = async (event?: FormEvent): Promise<void> => {
    event?.preventDefault();
    const text = question.trim();
    if (text === '' || model === '' || running) return;
    const controller = new AbortController();
    const before = exchanges;
    const hear = (answer: Answer): void => setExchanges([...before, { question: text, model, answer }]);
    setRunning(controller);
    setQuestion('');
    hear(NO_ANSWER);
    await ask(model, [...turnsOf(before), { role: 'user', content: text }], controller.signal, hear);
    setRunning(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <>
      <ol className="talk" aria-live="polite">
        {exchanges.map((exchange, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: exchanges are only ever added at the end
          <Said key={at} exchange={exchange} isRunning={running !== null && at === exchanges.length - 1} />
        ))}
      </ol>
      <div ref={end} />
      <form onSubmit={send} className="compose">
        <textarea
          rows={2}
          // biome-ignore lint/a11y/noAutofocus: the page is there to be written on
          autoFocus
          value={question}
          placeholder="Ask something. Enter sends, Shift + Enter begins a new line."
          aria-label="Message"
          onChange={(event) => setQuestion(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <div>
          <label>
            Model{' '}
            <input
              list="chat-models"
              value={model}
              spellCheck={false}
              onFocus={(event) => event.target.select()}
              onChange={(event) => setModel(event.target.value)}
            />
          </label>
          {exchanges.length > 0 && !running && (
            <button type="button" className="quiet" onClick={() => setExchanges([])}>
              Start afresh
            </button>
          )}
          {running ? (
            <button type="button" onClick={() => running.abort()}>
              Stop
            </button>
          ) : (
            <button type="submit" className="primary">
              Send
            </button>
          )}
        </div>
      </form>
    </>
  );
}

function Said({ exchange, isRunning }: { readonly exchange: Exchange; readonly isRunning: boolean }) {
  const { question, model, answer } = exchange;
  return (
    <li>
      <p className="asked">{question}</p>
      {answer.reasoning !== '' && (
        <details open={isRunning && answer.content === ''}>
          <summary>Reasoning</summary>
          <p>{answer.reasoning}</p>
        </details>
      )}
      <p className="answered">{answer.content || (isRunning ? '…' : '')}</p>
      {answer.error && (
        <p className="state down" role="alert">
          {answer.error}
        </p>
      )}
      <p className="facts">
        <span>{model}</span>
        {answer.tokens !== null && <span>{answer.tokens === 1 ? '1 token' : `${answer.tokens} tokens`}</span>}
        {answer.cost !== null && <span>{dollars(answer.cost)}</span>}
        {answer.id && !isRunning && (
          <span>
            <a href={`/generation/${encodeURIComponent(answer.id)}`}>receipt</a>
          </span>
        )}
      </p>
    </li>
  );
}

/** JavaScript would write small amounts as 4.2e-6. */
const dollars = (amount: number): string => `$${amount.toFixed(12).replace(/0+$/, '').replace(/\.$/, '')}`;
