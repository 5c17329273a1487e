import { type ClipboardEvent, type DragEvent, type FormEvent, type KeyboardEvent, useRef, useState } from 'react';
import { attachmentsOf } from './attach.ts';
import type { Attachment } from './conversation.ts';
import { Attached } from './Said.tsx';

type Props = {
  readonly isRunning: boolean;
  /** What is to be said anew; a new object begins with it. */
  readonly draft: { readonly question: string; readonly attachments: readonly Attachment[] };
  readonly onSend: (question: string, attachments: readonly Attachment[]) => void;
  readonly onStop: () => void;
};

/** The line to write on, with what goes along. */
export function Composer({ isRunning, draft, onSend, onStop }: Props) {
  const [begun, setBegun] = useState(draft);
  const [question, setQuestion] = useState(draft.question);
  const [attachments, setAttachments] = useState(draft.attachments);
  const [problem, setProblem] = useState<string | null>(null);
  const files = useRef<HTMLInputElement>(null);
  if (begun !== draft) {
    setBegun(draft);
    setQuestion(draft.question);
    setAttachments(draft.attachments);
  }

  const attach = async (list: FileList | null | undefined): Promise<void> => {
    if (!list || list.length === 0) return;
    const read = await attachmentsOf([...list], attachments);
    if (typeof read === 'string') return setProblem(read);
    setProblem(null);
    setAttachments((now) => [...now, ...read]);
  };
  const send = (event?: FormEvent): void => {
    event?.preventDefault();
    if ((question.trim() === '' && attachments.length === 0) || isRunning) return;
    onSend(question.trim(), attachments);
    setQuestion('');
    setAttachments([]);
    setProblem(null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const onPaste = (event: ClipboardEvent): void => {
    if (event.clipboardData.files.length === 0) return;
    event.preventDefault();
    void attach(event.clipboardData.files);
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    void attach(event.dataTransfer.files);
  };
  return (
    <form onSubmit={send} className="compose" onDrop={onDrop} onDragOver={(event) => event.preventDefault()}>
      {attachments.length > 0 && (
        <Attached
          attachments={attachments}
          onRemove={(gone) => setAttachments(attachments.filter((_, at) => at !== gone))}
        />
      )}
      <textarea
        rows={2}
        // biome-ignore lint/a11y/noAutofocus: the page is there to be written on
        autoFocus
        value={question}
        placeholder="Ask something. Enter sends, Shift + Enter begins a new line."
        aria-label="Message"
        onChange={(event) => setQuestion(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      {problem && (
        <p className="state down" role="alert">
          {problem}
        </p>
      )}
      <div>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label="Files"
          onChange={(event) => {
            void attach(event.target.files);
            event.target.value = '';
          }}
        />
        <button type="button" className="quiet" onClick={() => files.current?.click()}>
          Attach files
        </button>
        <span className="grow" />
        {isRunning ? (
          <button type="button" onClick={onStop}>
            Stop
          </button>
        ) : (
          <button type="submit" className="primary">
            Send
          </button>
        )}
      </div>
    </form>
  );
}
