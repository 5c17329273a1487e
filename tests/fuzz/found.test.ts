/** What the fuzzing found once, as transcripts: every one is told to programs of every dialect. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Frame } from '../../src/base/frame.ts';
import type { Json } from '../../src/base/json.ts';
import { CLIENTS, UPSTREAMS } from '../matrix/pairs.ts';
import { checkRefusal, checkReply, checkStream } from './executions.ts';

type Found = {
  readonly why: string;
  readonly dialect: string;
  /** One of the three: a stream's frames, a whole answer, or the body of a refusal. */
  readonly frames?: readonly Frame[];
  readonly reply?: Json;
  readonly refusal?: { readonly status: number; readonly body: Json };
};

const folder = join(import.meta.dirname, 'found');

for (const file of readdirSync(folder).sort()) {
  const found = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Found;
  test(`${file}: ${found.why}`, () => {
    const upstream = UPSTREAMS.find(({ dialect }) => dialect.id === found.dialect);
    if (!upstream) throw new Error(`no dialect ${found.dialect}`);
    for (const client of CLIENTS) {
      if (found.frames) checkStream(upstream, found.frames, client);
      if (found.reply !== undefined) checkReply(upstream, found.reply, client);
      if (found.refusal) checkRefusal(upstream, { ...found.refusal, body: JSON.stringify(found.refusal.body) }, client);
    }
  });
}
