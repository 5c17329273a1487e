import { type FormEvent, useId, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Code } from '../chat/Code.tsx';
import { type Heard, NOTHING_HEARD, send } from './request.ts';
import { SNIPPETS } from './snippets.ts';

type Offered = {
  readonly path: string;
  readonly dialect: string;
  readonly operation: string;
  readonly model: string;
  readonly body: object;
};

/** Mounts the playground where the server left room for it. */
export function mountPlay(root: HTMLElement): void {
  const { origin, requests } = JSON.parse(root.dataset.play ?? '{}') as {
    readonly origin: string;
    readonly requests: readonly Offered[];
  };
  createRoot(root).render(<Play origin={origin} requests={requests} />);
}

const written = (body: object): string => JSON.stringify(body, null, 2);

function objectionTo(body: string): string | null {
  try {
    JSON.parse(body);
    return null;
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'This is not JSON.';
  }
}

function Play({ origin, requests }: { readonly origin: string; readonly requests: readonly Offered[] }) {
  const id = useId();
  const [at, setAt] = useState(0);
  const request = requests[at];
  const [model, setModel] = useState(request?.model ?? '');
  const [body, setBody] = useState(written(request?.body ?? {}));
  const [heard, setHeard] = useState<Heard>(NOTHING_HEARD);
  const [running, setRunning] = useState<AbortController | null>(null);
  if (!request) return <p className="empty">Nothing can be asked here.</p>;
  const takesModel = request.path.includes('{model}');
  const path = request.path.replace('{model}', model.split('/').map(encodeURIComponent).join('/'));
  const problem = objectionTo(body);
  const choose = (place: number): void => {
    const next = requests[place];
    if (!next) return;
    setAt(place);
    setModel(next.model);
    setBody(written(next.body));
    setHeard(NOTHING_HEARD);
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (problem || running) return;
    const controller = new AbortController();
    setRunning(controller);
    setHeard(NOTHING_HEARD);
    let latest = NOTHING_HEARD;
    let isWaiting = false;
    await send(path, body, controller.signal, (now) => {
      latest = now;
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        setHeard(latest);
      });
    });
    setHeard(latest);
    setRunning(null);
  };
  return (
    <>
      <form onSubmit={submit} className="build">
        <div className="field">
          <label htmlFor={`${id}-what`}>Request</label>
          <select id={`${id}-what`} value={at} onChange={(event) => choose(Number(event.target.value))}>
            {requests.map(({ path: to, dialect, operation }, place) => (
              <option key={dialect} value={place}>
                {`${operation}: POST ${to} (${dialect})`}
              </option>
            ))}
          </select>
        </div>
        {takesModel && (
          <div className="field">
            <label htmlFor={`${id}-model`}>Model</label>
            <input
              id={`${id}-model`}
              value={model}
              spellCheck={false}
              onChange={(event) => setModel(event.target.value)}
            />
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}-body`}>Body</label>
          <textarea
            id={`${id}-body`}
            className="code"
            rows={Math.min(24, body.split('\n').length + 1)}
            spellCheck={false}
            value={body}
            aria-invalid={problem !== null}
            aria-describedby={problem ? `${id}-problem` : undefined}
            onChange={(event) => setBody(event.target.value)}
          />
          {problem && (
            <p className="wrong" id={`${id}-problem`}>
              {problem}
            </p>
          )}
        </div>
        <p>
          {running ? (
            <button type="button" onClick={() => running.abort()}>
              Stop
            </button>
          ) : (
            <button type="submit" className="primary" disabled={problem !== null}>
              Send
            </button>
          )}
        </p>
      </form>
      <Answer heard={heard} />
      <Snippets built={{ origin, path, body }} />
    </>
  );
}

function Answer({
  heard: { status, headers, frames, receipt, headMs, totalMs, bytes, error },
}: {
  readonly heard: Heard;
}) {
  const first = frames[0]?.at ?? null;
  return (
    <section className="part">
      <h2>Answer</h2>
      <p className="facts" role="status">
        {status && <span>{status}</span>}
        {headMs !== null && <span>head after {headMs} ms</span>}
        {first !== null && <span>first frame after {first} ms</span>}
        {totalMs !== null && <span>end after {totalMs} ms</span>}
        {totalMs !== null && <span>{`${frames.length} frames, ${bytes} bytes`}</span>}
        {receipt && totalMs !== null && (
          <span>
            <a href={`/generation/${encodeURIComponent(receipt)}`}>receipt</a>
          </span>
        )}
        {error && <span className="state down">{error}</span>}
      </p>
      {headers.length > 0 && (
        <details className="api">
          <summary>Headers</summary>
          <dl className="pairs wide">
            {headers.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {frames.length > 0 && (
        <ol className="frames">
          {frames.map(({ at, text }, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: frames are only ever added at the end
            <li key={place}>
              <data value={at}>{at} ms</data>
              <pre>{text}</pre>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function Snippets({
  built,
}: {
  readonly built: { readonly origin: string; readonly path: string; readonly body: string };
}) {
  const [chosen, setChosen] = useState(0);
  const [label, write] = SNIPPETS[chosen] ?? ['', () => ''];
  return (
    <section className="part">
      <h2>Code</h2>
      <fieldset className="choice">
        <legend className="unseen">Language</legend>
        {SNIPPETS.map(([name], at) => (
          <label key={name}>
            <input type="radio" name="language" checked={at === chosen} onChange={() => setChosen(at)} /> {name}
          </label>
        ))}
      </fieldset>
      <Code language={label} text={write(built)} />
    </section>
  );
}
