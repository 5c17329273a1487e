/** What is left of jobs when those who worked on them were killed (`spender.ts`). */
import assert from 'node:assert/strict';
import { reportAudit } from '../../ledger/audit.ts';
import type { Storage } from '../open.ts';
import { receiptOfJob } from './sample.ts';

/** All that is open is a job's, and so is all that is leased. */
export async function soundly(storage: Storage): Promise<void> {
  const figures = await storage.audit();
  const report = reportAudit(figures);
  assert.ok(report.isSound, report.lines.join('\n'));
  const running = await storage.jobs.running('owner');
  assert.equal(figures.openHolds, running);
  const leases = await storage.database.selectFrom('lease').selectAll().where('amount', '<>', 0n).execute();
  for (const lease of leases) assert.equal(lease.process, 'job', 'leases of the dead are returned');
  if (running === 0) assert.deepEqual(leases, []);
}

/** What the killed have left is ended by whoever comes, once each. */
export async function finishJobs(storage: Storage): Promise<void> {
  const end = { status: 'completed', state: '{}', tells: 'nobody', keptMs: 3_600_000 } as const;
  for (;;) {
    const { claims, nextMs } = await storage.jobs.claim({ kinds: ['videos'], limit: 50, forMs: 60_000 });
    for (const claim of claims) {
      const receipt = receiptOfJob(claim.job);
      assert.equal(await storage.jobs.end(claim, { ...end, receipts: [receipt] }), true);
      assert.equal((await storage.records.find(receipt.id))?.bill.cost, 7_000n);
    }
    if (nextMs === null) break;
  }
  assert.equal(await storage.jobs.running('owner'), 0);
  await soundly(storage);
}
