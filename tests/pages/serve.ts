/** Serves the pages alone, to look at them: `node tests/pages/serve.ts [port] [catalogue folder …]`. */
import { OWNER_ACCOUNT_ID } from '../../src/access/owner.ts';
import { readCatalogue, startInstance } from './instance.ts';
import { monthOfReceipts } from './receipt.ts';

const [port = '0', ...folders] = process.argv.slice(2);
const { origin, signInToken } = await startInstance({
  port: Number(port),
  receipts: monthOfReceipts(OWNER_ACCOUNT_ID),
  ...(folders.length > 0 && { catalog: readCatalogue(folders) }),
});
console.log(`${origin}/sign-in?token=${signInToken}`);
