import { randomBytes } from 'node:crypto';
import { closeSync, createReadStream } from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { UploadFacts, Uploads } from '../files/uploads.ts';
import { ABANDONED_MS, arrivalsOf, closing, makeFolder, noRoom, opening, truncating, writeAll } from './file-disk.ts';

const ID = /^[0-9a-f]{48}$/;
const FACTS = '.upload';

/**
 * Uploads in pieces, beside the files that come in at once: two files each, what is known of it and its bytes.
 * `clearArrivals` takes away those that are not gone on with.
 */
export function uploadsOnDisk(dataDirectory: string, now: () => number): Uploads {
  const folder = arrivalsOf(dataDirectory);
  const bytesOf = (id: string): string => join(folder, `${id}.bytes`);
  const factsOf = (id: string): string => join(folder, id + FACTS);
  const read = async (id: string): Promise<UploadFacts | null> => {
    const text = ID.test(id) ? await readFile(factsOf(id), 'utf8').catch(() => null) : null;
    const facts = text === null ? null : parseJson(text);
    if (!isObject(facts)) return null;
    const known = facts as UploadFacts;
    return known.begunAt > now() - ABANDONED_MS ? known : null;
  };
  const underWay = async (): Promise<readonly UploadFacts[]> => {
    const names = await readdir(folder);
    const ids = names.filter((name) => name.endsWith(FACTS)).map((name) => name.slice(0, -FACTS.length));
    return (await Promise.all(ids.map(read))).filter((facts) => facts !== null);
  };
  return {
    begin: async (facts) => {
      await makeFolder(folder);
      const others = await underWay();
      const own = others.filter(({ keyId }) => keyId === facts.keyId).length;
      if (own >= LIMITS.uploads_each_max || others.length >= LIMITS.uploads_max) return null;
      const id = randomBytes(24).toString('hex');
      await writeFile(bytesOf(id), '', { flag: 'wx', mode: 0o600 }).catch(noRoom);
      await writeFile(factsOf(id), JSON.stringify(facts), { flag: 'wx', mode: 0o600 }).catch(noRoom);
      return id;
    },
    find: async (id) => {
      const facts = await read(id);
      if (!facts) return null;
      const { size } = await stat(bytesOf(id)).catch(() => ({ size: -1 }));
      return size < 0 ? null : { facts, received: size };
    },
    writeFrom: async (id, offset) => {
      const descriptor = await opening(bytesOf(id), 'r+');
      try {
        await truncating(descriptor, offset);
      } catch (cause) {
        closeSync(descriptor);
        throw cause;
      }
      let at = offset;
      return {
        write: async (bytes) => {
          await writeAll(descriptor, bytes, at).catch(noRoom);
          at += bytes.length;
        },
        close: () => closing(descriptor),
      };
    },
    read: (id) => createReadStream(bytesOf(id)),
    end: async (id) => {
      if (!ID.test(id)) return;
      await rm(factsOf(id), { force: true });
      await rm(bytesOf(id), { force: true });
    },
  };
}
