import { type Answer, type Conversation, newConversation, titleOf } from './conversation.ts';

/** What the list of conversations shows and searches. */
export type Summary = {
  readonly id: string;
  readonly title: string;
  readonly updatedAt: number;
  /** Its beginning, in lower case. */
  readonly text: string;
};

const NAME = 'chat';
const SEARCHED_MAX = 20_000;

let opened: Promise<IDBDatabase> | null = null;

/** Conversations are kept in this browser alone. Rejects where it keeps nothing, as in some private windows. */
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('conversations', { keyPath: 'id' });
      request.result.createObjectStore('summaries', { keyPath: 'id' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

const settled = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
  });

const answerOf = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const summaryOf = (conversation: Conversation): Summary => ({
  id: conversation.id,
  title: titleOf(conversation),
  updatedAt: conversation.updatedAt,
  text: `${titleOf(conversation)} ${conversation.turns
    .map(({ question, answers }) => `${question} ${answers.map(({ content }) => content).join(' ')}`)
    .join(' ')
    .slice(0, SEARCHED_MAX)}`.toLowerCase(),
});

export async function save(conversation: Conversation): Promise<void> {
  const transaction = (await database()).transaction(['conversations', 'summaries'], 'readwrite');
  transaction.objectStore('conversations').put(conversation);
  transaction.objectStore('summaries').put(summaryOf(conversation));
  return settled(transaction);
}

export async function load(id: string): Promise<Conversation | null> {
  const store = (await database()).transaction('conversations').objectStore('conversations');
  const found = (await answerOf(store.get(id))) as Conversation | undefined;
  if (!found) return null;
  // Whatever ran when the page was closed runs no more.
  const ended = (answer: Answer): Answer => (answer.state === 'running' ? { ...answer, state: 'cut' } : answer);
  return { ...found, turns: found.turns.map((turn) => ({ ...turn, answers: turn.answers.map(ended) })) };
}

/** Those changed last first. */
export async function list(): Promise<readonly Summary[]> {
  const store = (await database()).transaction('summaries').objectStore('summaries');
  const found = (await answerOf(store.getAll())) as readonly Summary[];
  return found.toSorted((a, b) => b.updatedAt - a.updatedAt);
}

export async function remove(id: string): Promise<void> {
  const transaction = (await database()).transaction(['conversations', 'summaries'], 'readwrite');
  transaction.objectStore('conversations').delete(id);
  transaction.objectStore('summaries').delete(id);
  return settled(transaction);
}

/** The one conversation that earlier versions kept. */
export async function takeOver(model: string): Promise<void> {
  const kept = localStorage.getItem(NAME);
  if (kept === null) return;
  localStorage.removeItem(NAME);
  try {
    const exchanges = JSON.parse(kept) as readonly {
      question: string;
      model: string;
      answer: Partial<Answer> & { id?: string };
    }[];
    if (exchanges.length === 0) return;
    const turns = exchanges.map(({ question, model: by, answer }, at) => ({
      id: `old-${at}`,
      question,
      attachments: [],
      answers: [
        {
          model: by,
          state: 'done' as const,
          content: answer.content ?? '',
          reasoning: answer.reasoning ?? '',
          images: [],
          receipt: answer.id ?? null,
          cost: answer.cost ?? null,
          tokens: answer.tokens ?? null,
          error: answer.error ?? null,
          firstMs: null,
          totalMs: null,
        },
      ],
    }));
    await save({ ...newConversation([exchanges.at(-1)?.model ?? model]), turns });
  } catch {
    // It was no conversation of ours.
  }
}
