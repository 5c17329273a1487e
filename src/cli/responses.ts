import { parseArgs } from 'node:util';
import type { StoredSelection } from '../gateway/stored-responses.ts';
import type { Storage } from '../storage/open.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './store.ts';
import { UsageError, wholeNumber } from './usage.ts';

const DAY_MS = 86_400_000;

/** `switchwright responses …`: shows how much is stored of responses, and deletes some or all of it. */
export async function responsesCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      workspace: { type: 'string' },
      'older-than': { type: 'string' },
      all: { type: 'boolean', default: false },
    },
  });
  const act = actionFor(positionals, values);
  const storage = await openVisit(configuration);
  try {
    return await act(storage);
  } finally {
    await storage.close();
  }
}

type Stored = Pick<Storage, 'responses' | 'conversations'>;
type Wish = { readonly workspace?: string; readonly 'older-than'?: string; readonly all: boolean };

function actionFor([verb = 'list', ...ids]: readonly string[], wish: Wish): (stored: Stored) => Promise<number> {
  if (verb === 'list') return list;
  if (verb !== 'delete') throw new UsageError(`responses does not know "${verb}".`);
  const { workspace: workspaceId, 'older-than': days, all } = wish;
  const selection: StoredSelection = {
    ...(workspaceId !== undefined && { workspaceId }),
    ...(days !== undefined && { before: Date.now() - wholeNumber(days, '--older-than', 0) * DAY_MS }),
  };
  const isSelected = Object.keys(selection).length > 0;
  if ([ids.length > 0, isSelected, all].filter(Boolean).length !== 1)
    throw new UsageError('Which ones? Name their ids, or --workspace ID and --older-than DAYS, or --all.');
  return async ({ responses, conversations }) => {
    let gone = 0;
    let ended = 0;
    for (const one of ids.length > 0 ? ids.map((id) => ({ id })) : [selection]) {
      gone += await responses.removeAll(one);
      ended += await conversations.removeAll(one);
    }
    console.log(`${counted(gone, 'response')} ${gone === 1 ? 'is' : 'are'} deleted.`);
    if (ended > 0) console.log(`${counted(ended, 'conversation')} ${ended === 1 ? 'is' : 'are'} deleted.`);
    return gone + ended > 0 || ids.length === 0 ? 0 : 1;
  };
}

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

async function list({ responses }: Stored): Promise<number> {
  const sums = await responses.sums();
  if (sums.length === 0) console.log('No response is stored.');
  for (const { workspaceId, responses: count, bytes } of sums)
    console.log(`${workspaceId}  ${count} responses  ${(bytes / 1024 / 1024).toFixed(1)} MB`);
  return 0;
}
