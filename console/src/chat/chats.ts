import {
  type Answer,
  type Attachment,
  bodyFor,
  branchOf,
  type Conversation,
  newAnswer,
  newConversation,
  newId,
  type Settings,
  type Turn,
} from './conversation.ts';
import { list, load, remove, type Summary, save, summaryOf, takeOver } from './store.ts';
import { ask } from './stream.ts';

/** What the page shows; a new object after every change. */
export type View = {
  readonly conversation: Conversation;
  readonly summaries: readonly Summary[];
  readonly draft: { readonly question: string; readonly attachments: readonly Attachment[] };
  readonly problem: string | null;
};

const SAVE_AFTER_MS = 500;
const MODELS_KEPT_AS = 'chat-models';
const NO_DRAFT: View['draft'] = { question: '', attachments: [] };
const UNKEPT = 'This browser keeps nothing for this page: the conversation is gone when it is closed.';

/** The conversations of this browser. An answer goes on when another one is looked at. */
export class Chats {
  private readonly open = new Map<string, Conversation>();
  private readonly running = new Map<string, AbortController>();
  private readonly heard = new Map<string, () => void>();
  private readonly unsaved = new Map<string, ReturnType<typeof setTimeout>>();
  private readonly listeners = new Set<() => void>();
  private frame = 0;
  private view: View;

  constructor(models: readonly string[]) {
    const conversation = newConversation(models);
    this.open.set(conversation.id, conversation);
    this.view = { conversation, summaries: [], draft: NO_DRAFT, problem: null };
  }

  /** The models of the last conversation. */
  static lastModels(): readonly string[] {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(MODELS_KEPT_AS) ?? '[]');
      return Array.isArray(kept) ? kept.filter((id) => typeof id === 'string').slice(0, 4) : [];
    } catch {
      return [];
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
  readonly snapshot = (): View => this.view;

  async start(id: string | null): Promise<void> {
    try {
      await takeOver(this.view.conversation.models[0] ?? '');
      this.tell({ summaries: await list() });
      if (id) await this.show(id);
    } catch {
      this.tell({ problem: UNKEPT });
    }
  }

  async show(id: string): Promise<void> {
    const conversation = this.open.get(id) ?? (await load(id));
    if (conversation) this.turnTo(conversation);
  }

  fresh(): void {
    const { models, settings } = this.view.conversation;
    this.turnTo(newConversation(models, settings));
  }

  rename(id: string, title: string): void {
    void this.opened(id).then((conversation) => conversation && this.change(id, (now) => ({ ...now, title })));
  }

  async delete(id: string): Promise<void> {
    for (const [key, controller] of this.running) if (key.startsWith(`${id} `)) controller.abort();
    clearTimeout(this.unsaved.get(id));
    this.unsaved.delete(id);
    this.open.delete(id);
    this.tell({ summaries: this.view.summaries.filter((summary) => summary.id !== id) });
    if (this.view.conversation.id === id) this.fresh();
    await remove(id).catch(() => {});
  }

  async opened(id: string): Promise<Conversation | null> {
    const conversation = this.open.get(id) ?? (await load(id).catch(() => null));
    if (conversation) this.open.set(id, conversation);
    return conversation;
  }

  set(change: { readonly models?: readonly string[]; readonly settings?: Settings }): void {
    if (change.models) rememberModels(change.models);
    this.change(this.view.conversation.id, (now) => ({ ...now, ...change }));
  }

  send(question: string, attachments: readonly Attachment[]): void {
    const { id, models } = this.view.conversation;
    const turn: Turn = { id: newId(), question, attachments, answers: models.map(newAnswer) };
    this.change(id, (now) => ({ ...now, turns: [...now.turns, turn] }));
    this.tell({ draft: NO_DRAFT });
    for (const model of models) void this.run(id, turn, newAnswer(model));
  }

  retry(turnId: string, model: string): void {
    const { id, turns } = this.view.conversation;
    const turn = turns.find((one) => one.id === turnId);
    if (!turn) return;
    const answer = newAnswer(model);
    this.change(id, (now) => withAnswer(now, turnId, answer));
    void this.run(id, turn, answer);
  }

  stop(turnId?: string, model?: string): void {
    const prefix = [this.view.conversation.id, turnId, model].filter(Boolean).join(' ');
    for (const [key, controller] of this.running) if (key.startsWith(prefix)) controller.abort();
  }

  /** The same up to and with this turn, as a conversation of its own. */
  branch(turnId: string): void {
    const { conversation } = this.view;
    this.add(branchOf(conversation, conversation.turns.findIndex(({ id }) => id === turnId) + 1));
  }

  /** What came before a question stays as it is: its other wording is put in a branch. */
  edit(turnId: string): void {
    const { conversation } = this.view;
    const at = conversation.turns.findIndex(({ id }) => id === turnId);
    const turn = conversation.turns[at];
    if (!turn) return;
    const branch = branchOf(conversation, at);
    this.turnTo(at === 0 ? { ...branch, title: '' } : branch);
    this.tell({ draft: { question: turn.question, attachments: turn.attachments } });
  }

  add(conversation: Conversation): void {
    this.turnTo(conversation);
    this.change(conversation.id, (now) => now);
  }

  private turnTo(conversation: Conversation): void {
    this.open.set(conversation.id, conversation);
    this.tell({ conversation, draft: NO_DRAFT });
    const url = new URL(location.href);
    url.searchParams.delete('model');
    if (conversation.turns.length > 0) url.searchParams.set('conversation', conversation.id);
    else url.searchParams.delete('conversation');
    history.replaceState(null, '', url);
  }

  private async run(id: string, turn: Turn, first: Answer): Promise<void> {
    const conversation = this.open.get(id);
    if (!conversation) return;
    const key = `${id} ${turn.id} ${first.model}`;
    const controller = new AbortController();
    this.running.set(key, controller);
    await ask(bodyFor(first.model, conversation, turn), first, controller.signal, (answer) => {
      this.heard.set(key, () => this.change(id, (now) => withAnswer(now, turn.id, answer)));
      this.frame ||= requestAnimationFrame(() => this.flush());
      // A page in the background paints nothing, and must not lose what it hears.
      if (document.hidden) this.flush();
    });
    this.flush();
    this.running.delete(key);
    clearTimeout(this.unsaved.get(id));
    await this.keep(id);
  }

  private flush(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const told = [...this.heard.values()];
    this.heard.clear();
    for (const tell of told) tell();
  }

  private change(id: string, by: (now: Conversation) => Conversation): void {
    const before = this.open.get(id);
    if (!before) return;
    const conversation = { ...by(before), updatedAt: Date.now() };
    this.open.set(id, conversation);
    if (this.view.conversation.id === id) this.tell({ conversation });
    if (conversation.turns.length === 0 || this.unsaved.has(id)) return;
    this.unsaved.set(
      id,
      setTimeout(() => void this.keep(id), SAVE_AFTER_MS),
    );
  }

  private async keep(id: string): Promise<void> {
    this.unsaved.delete(id);
    const conversation = this.open.get(id);
    if (!conversation) return;
    try {
      await save(conversation);
    } catch {
      return this.tell({ problem: UNKEPT });
    }
    if (!this.open.has(id)) return remove(id); // it was deleted meanwhile
    const others = this.view.summaries.filter((summary) => summary.id !== id);
    this.tell({ summaries: [summaryOf(conversation), ...others] });
    if (this.view.conversation.id !== id) return;
    const url = new URL(location.href);
    url.searchParams.delete('model');
    url.searchParams.set('conversation', id);
    history.replaceState(null, '', url);
  }

  /** What was said last is kept when the page goes. */
  keepAll(): void {
    this.flush();
    for (const id of [...this.unsaved.keys()]) void this.keep(id);
  }

  private tell(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    for (const listener of this.listeners) listener();
  }
}

function rememberModels(models: readonly string[]): void {
  try {
    localStorage.setItem(MODELS_KEPT_AS, JSON.stringify(models));
  } catch {
    // A browser that keeps nothing has said so already.
  }
}

const withAnswer = (conversation: Conversation, turnId: string, answer: Answer): Conversation => ({
  ...conversation,
  turns: conversation.turns.map((turn) =>
    turn.id === turnId
      ? { ...turn, answers: turn.answers.map((one) => (one.model === answer.model ? answer : one)) }
      : turn,
  ),
});
