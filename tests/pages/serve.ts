/** Serves the pages alone, to look at them: `node tests/pages/serve.ts [port] [catalogue folder …]`. */
import { readCatalogue, startInstance } from './instance.ts';

const [port = '0', ...folders] = process.argv.slice(2);
const { origin } = await startInstance({
  port: Number(port),
  ...(folders.length > 0 && { catalog: readCatalogue(folders) }),
});
console.log(origin);
