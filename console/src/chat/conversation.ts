/** What is sent along with a question: a picture, a recording or a document as a data URL, or a text as it is. */
export type Attachment = {
  readonly kind: 'image' | 'audio' | 'file' | 'text';
  readonly name: string;
  readonly data: string;
};

/** How an answer stands. `cut` = it was running when its page was closed. */
export type AnswerState = 'running' | 'done' | 'stopped' | 'failed' | 'cut';
export type Answer = {
  readonly model: string;
  readonly state: AnswerState;
  readonly content: string;
  readonly reasoning: string;
  /** Pictures that the model made, as data URLs. */
  readonly images: readonly string[];
  /** The receipt's id. */
  readonly receipt: string | null;
  /** In dollars. */
  readonly cost: number | null;
  readonly tokens: number | null;
  readonly error: string | null;
  /** Milliseconds until its first word, and until its end. */
  readonly firstMs: number | null;
  readonly totalMs: number | null;
};

/** One question and the answers of the models that it was put to. */
export type Turn = {
  readonly id: string;
  readonly question: string;
  readonly attachments: readonly Attachment[];
  readonly answers: readonly Answer[];
};

/** How the questions of a conversation are put; an empty text leaves it to the model or the gateway. */
export type Settings = {
  readonly system: string;
  readonly temperature: string;
  readonly topP: string;
  readonly maxTokens: string;
  readonly effort: string;
  readonly sort: string;
  readonly providers: string;
};
export const NO_SETTINGS: Settings = {
  system: '',
  temperature: '',
  topP: '',
  maxTokens: '',
  effort: '',
  sort: '',
  providers: '',
};

export type Conversation = {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Every question is put to each of them. */
  readonly models: readonly string[];
  readonly settings: Settings;
  readonly turns: readonly Turn[];
};

export const MODELS_MAX = 4;
const TITLE_LENGTH_MAX = 60;

export const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');

export const newConversation = (models: readonly string[], settings: Settings = NO_SETTINGS): Conversation => ({
  id: newId(),
  title: '',
  createdAt: Date.now(),
  updatedAt: Date.now(),
  models,
  settings,
  turns: [],
});

export const newAnswer = (model: string): Answer => ({
  model,
  state: 'running',
  content: '',
  reasoning: '',
  images: [],
  receipt: null,
  cost: null,
  tokens: null,
  error: null,
  firstMs: null,
  totalMs: null,
});

/** What it is called where nobody has called it otherwise: how it begins. */
export function titleOf({ title, turns }: Pick<Conversation, 'title' | 'turns'>): string {
  const said = title || (turns[0]?.question ?? '').replace(/\s+/g, ' ').trim() || 'New conversation';
  return said.length > TITLE_LENGTH_MAX ? `${said.slice(0, TITLE_LENGTH_MAX)}…` : said;
}

/** The same up to a turn, as a conversation of its own. */
export const branchOf = (conversation: Conversation, turns: number): Conversation => ({
  ...conversation,
  id: newId(),
  title: `${titleOf(conversation)} (branch)`.slice(0, TITLE_LENGTH_MAX),
  createdAt: Date.now(),
  updatedAt: Date.now(),
  turns: conversation.turns.slice(0, turns),
});

type Part = { readonly type: string; readonly [member: string]: unknown };
export type Message = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string | readonly Part[] };

/** What a model is told of a conversation before a turn, and the turn: its own answers, else the first that there is. */
export function messagesFor(model: string, { settings, turns }: Conversation, turn: Turn): readonly Message[] {
  const messages: Message[] = settings.system.trim() === '' ? [] : [{ role: 'system', content: settings.system }];
  for (const { id, question, attachments, answers } of turns) {
    if (id === turn.id) break;
    const answer =
      answers.find((one) => one.model === model && one.content !== '') ?? answers.find((one) => one.content !== '');
    if (!answer) continue;
    messages.push({ role: 'user', content: contentOf(question, attachments) });
    messages.push({ role: 'assistant', content: answer.content });
  }
  messages.push({ role: 'user', content: contentOf(turn.question, turn.attachments) });
  return messages;
}

function contentOf(question: string, attachments: readonly Attachment[]): string | readonly Part[] {
  if (attachments.length === 0) return question;
  const text: readonly Part[] = question === '' ? [] : [{ type: 'text', text: question }];
  return [...text, ...attachments.map(partOf)];
}

function partOf({ kind, name, data }: Attachment): Part {
  switch (kind) {
    case 'image':
      return { type: 'image_url', image_url: { url: data } };
    case 'audio':
      return {
        type: 'input_audio',
        input_audio: {
          data: data.slice(data.indexOf(',') + 1),
          format: /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? 'wav',
        },
      };
    case 'file':
      return { type: 'file', file: { filename: name, file_data: data } };
    default:
      return { type: 'text', text: `${name}:\n\n${data}` };
  }
}

/** A number that was typed; what is none is sent as it is, for the gateway to refuse. */
const typed = (text: string): number | string => (Number.isFinite(Number(text)) ? Number(text) : text);

/** The body of the call that puts a turn to a model: what any program would send. */
export function bodyFor(model: string, conversation: Conversation, turn: Turn): { readonly [name: string]: unknown } {
  const { temperature, topP, maxTokens, effort, sort, providers } = conversation.settings;
  const order = providers.split(/[\s,]+/).filter(Boolean);
  const provider = { ...(order.length > 0 && { order }), ...(sort && { sort }) };
  return {
    model,
    messages: messagesFor(model, conversation, turn),
    stream: true,
    ...(temperature.trim() && { temperature: typed(temperature) }),
    ...(topP.trim() && { top_p: typed(topP) }),
    ...(maxTokens.trim() && { max_tokens: typed(maxTokens) }),
    ...(effort && { reasoning: { effort } }),
    ...(Object.keys(provider).length > 0 && { provider }),
  };
}

/** A conversation as a document. */
export function markdownOf(conversation: Conversation): string {
  const lines = [`# ${titleOf(conversation)}`];
  for (const { question, attachments, answers } of conversation.turns) {
    lines.push('## You', question, ...attachments.map(({ name }) => `(with ${name})`));
    for (const { model, content, error } of answers) lines.push(`## ${model}`, content || (error ?? ''));
  }
  return `${lines.join('\n\n')}\n`;
}
