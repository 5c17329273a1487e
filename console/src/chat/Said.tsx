import { memo } from 'react';
import { CopyButton } from './CopyButton.tsx';
import type { Answer, Attachment, Turn } from './conversation.ts';
import { Markdown } from './Markdown.tsx';

/** A longer answer is shown as it is written. */
const MARKDOWN_LENGTH_MAX = 512 * 1024;

type Props = {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly onRetry: (turn: string, model: string) => void;
  readonly onStop: (turn: string, model: string) => void;
  readonly onEdit: (turn: string) => void;
  readonly onBranch: (turn: string) => void;
};

/** One question with all its answers, side by side. */
export const Said = memo((props: Props) => {
  const { turn, onEdit, onBranch } = props;
  const isRunning = turn.answers.some(({ state }) => state === 'running');
  return (
    <li>
      <div className="asked">{turn.question}</div>
      {turn.attachments.length > 0 && <Attached attachments={turn.attachments} />}
      <div className={turn.answers.length > 1 ? 'answers several' : 'answers'}>
        {turn.answers.map((answer) => (
          <Answered key={answer.model} answer={answer} {...props} />
        ))}
      </div>
      {!isRunning && (
        <p className="doing">
          <button type="button" className="quiet" onClick={() => onEdit(turn.id)}>
            Edit the question
          </button>
          <button type="button" className="quiet" onClick={() => onBranch(turn.id)}>
            Branch from here
          </button>
        </p>
      )}
    </li>
  );
});

export function Attached({
  attachments,
  onRemove,
}: {
  readonly attachments: readonly Attachment[];
  readonly onRemove?: (at: number) => void;
}) {
  return (
    <ul className="attached">
      {attachments.map(({ kind, name, data }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two may have the same name
        <li key={at}>
          {kind === 'image' && <img src={data} alt="" />}
          <span>{name}</span>
          {onRemove && (
            <button type="button" className="quiet" aria-label={`Remove ${name}`} onClick={() => onRemove(at)}>
              Remove
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function Answered({ answer, turn, onRetry, onStop }: Props & { readonly answer: Answer }) {
  const { model, state, content, reasoning, images, error } = answer;
  const isRunning = state === 'running';
  return (
    <section className="answered" aria-label={`Answer of ${model}`} aria-busy={isRunning}>
      <h2>{model}</h2>
      {reasoning !== '' && (
        <details open={isRunning && content === ''}>
          <summary>Reasoning</summary>
          <p>{reasoning}</p>
        </details>
      )}
      {content.length > MARKDOWN_LENGTH_MAX ? <p className="plain">{content}</p> : <Markdown text={content} />}
      {images.map((image, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pictures are only ever added at the end
        <img key={at} src={image} alt={`Made by ${model}`} />
      ))}
      {isRunning && content === '' && <p className="waiting">…</p>}
      {error && (
        <p className="state down" role="alert">
          {error}
        </p>
      )}
      <Facts answer={answer} />
      <p className="doing">
        {isRunning ? (
          <button type="button" className="quiet" onClick={() => onStop(turn.id, model)}>
            Stop
          </button>
        ) : (
          <>
            <CopyButton text={content} />
            <button type="button" className="quiet" onClick={() => onRetry(turn.id, model)}>
              Retry
            </button>
          </>
        )}
      </p>
    </section>
  );
}

/** What it took. The receipt stands under failures, too. */
function Facts({ answer: { state, tokens, cost, firstMs, totalMs, receipt } }: { readonly answer: Answer }) {
  const seconds = totalMs === null || firstMs === null ? 0 : (totalMs - firstMs) / 1000;
  return (
    <p className="facts">
      {STATES[state] && <span>{STATES[state]}</span>}
      {tokens !== null && <span>{tokens === 1 ? '1 token' : `${tokens} tokens`}</span>}
      {cost !== null && <span>{dollars(cost)}</span>}
      {firstMs !== null && <span>first word after {milliseconds(firstMs)}</span>}
      {totalMs !== null && <span>{milliseconds(totalMs)} in all</span>}
      {tokens !== null && seconds > 0.05 && <span>{Math.round(tokens / seconds)} tokens/s</span>}
      {receipt && state !== 'running' && (
        <span>
          <a href={`/generation/${encodeURIComponent(receipt)}`}>receipt</a>
        </span>
      )}
    </p>
  );
}

const STATES: { readonly [state in Answer['state']]: string } = {
  running: '',
  done: '',
  stopped: 'stopped',
  failed: 'failed',
  cut: 'cut off: its page was closed',
};
const milliseconds = (ms: number): string => (ms < 10_000 ? `${ms} ms` : `${Math.round(ms / 100) / 10} s`);
/** JavaScript would write small amounts as 4.2e-6. */
const dollars = (amount: number): string => `$${amount.toFixed(12).replace(/0+$/, '').replace(/\.$/, '')}`;
