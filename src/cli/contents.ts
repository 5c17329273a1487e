import { parseArgs } from 'node:util';
import type { ContentSelection, ContentStore } from '../gateway/contents/content.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './store.ts';
import { UsageError, wholeNumber } from './usage.ts';

const DAY_MS = 86_400_000;

/** `switchwright contents …`: shows how much of what calls say is logged, and deletes some or all of it. */
export async function contentsCommand(words: readonly string[], configuration: Configuration): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      workspace: { type: 'string' },
      key: { type: 'string' },
      'older-than': { type: 'string' },
      all: { type: 'boolean', default: false },
    },
  });
  const act = actionFor(positionals, values);
  const storage = await openVisit(configuration);
  try {
    return await act(storage.contents);
  } finally {
    await storage.close();
  }
}

type Wish = {
  readonly workspace?: string;
  readonly key?: string;
  readonly 'older-than'?: string;
  readonly all: boolean;
};

function actionFor([verb = 'list', ...ids]: readonly string[], wish: Wish): (store: ContentStore) => Promise<number> {
  if (verb === 'list') return list;
  if (verb !== 'delete') throw new UsageError(`contents does not know "${verb}".`);
  const { workspace: workspaceId, key: keyId, 'older-than': days, all } = wish;
  const selection: ContentSelection = {
    ...(workspaceId !== undefined && { workspaceId }),
    ...(keyId !== undefined && { keyId }),
    ...(days !== undefined && { before: Date.now() - wholeNumber(days, '--older-than', 0) * DAY_MS }),
  };
  const isSelected = Object.keys(selection).length > 0;
  if ([ids.length > 0, isSelected, all].filter(Boolean).length !== 1)
    throw new UsageError('Which ones? Name their ids, or --workspace ID, --key HASH and --older-than DAYS, or --all.');
  return async (store) => {
    let gone = 0;
    for (const one of ids.length > 0 ? ids.map((id) => ({ id })) : [selection]) gone += await store.remove(one);
    console.log(`${gone} ${gone === 1 ? 'content is' : 'contents are'} deleted.`);
    return gone > 0 || ids.length === 0 ? 0 : 1;
  };
}

async function list(store: ContentStore): Promise<number> {
  const sums = await store.sums();
  if (sums.length === 0) console.log('No content is logged.');
  for (const { workspaceId, contents, bytes } of sums)
    console.log(`${workspaceId}  ${contents} contents  ${(bytes / 1024 / 1024).toFixed(1)} MB`);
  return 0;
}
