/** Serves the pages alone, to look at them: `node tests/pages/serve.ts [port] [catalogue folder …]`. */
import { OWNER, readCatalogue, startInstance } from './instance.ts';
import { receiptOf } from './receipt.ts';

const [port = '0', ...folders] = process.argv.slice(2);
const { origin } = await startInstance({
  port: Number(port),
  receipts: [receiptOf('gen-1', OWNER.accountId, 'Atlas')],
  ...(folders.length > 0 && { catalog: readCatalogue(folders) }),
});
console.log(origin);
