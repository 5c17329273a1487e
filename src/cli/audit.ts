import { reportAudit } from '../ledger/audit.ts';
import type { Configuration } from './configuration.ts';
import { openVisit } from './store.ts';

/** `switchwright audit`: 0 if every figure can be derived again from the records below it, 1 if one cannot. */
export async function auditCommand(configuration: Configuration): Promise<number> {
  const storage = await openVisit(configuration);
  try {
    const { isSound, lines } = reportAudit(await storage.audit());
    console.log(lines.join('\n'));
    return isSound ? 0 : 1;
  } finally {
    await storage.close();
  }
}
