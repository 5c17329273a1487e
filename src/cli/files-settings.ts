import type { Environment } from '../catalog/environment.ts';
import type { Bucket } from '../storage/file-bucket.ts';
import { ConfigurationError, wholeNumber } from './environment-values.ts';
import { BATCH_CALLS, FILES_MB } from './settings.ts';

/** How much a workspace may keep in files (0 = none are kept), and where they lie; null = in the data folder. */
export type FilesConfiguration = {
  readonly bytesMax: number;
  readonly bucket: Bucket | null;
  /** Calls for batches at once in each process; 0 = there are no batches. */
  readonly batchCalls: number;
};

export function filesOf(environment: Environment): FilesConfiguration {
  const megabytes = wholeNumber(environment, 'SWITCHWRIGHT_FILES_MB', FILES_MB, 1_048_576);
  const batchCalls = wholeNumber(environment, 'SWITCHWRIGHT_BATCH_CALLS', BATCH_CALLS, 256);
  return { bytesMax: megabytes * 1024 * 1024, bucket: bucketOf(environment), batchCalls };
}

function bucketOf(environment: Environment): Bucket | null {
  const url = environment.SWITCHWRIGHT_FILES_BUCKET;
  if (!url) return null;
  const parsed = URL.parse(url);
  if (
    !parsed ||
    !/^https?:$/.test(parsed.protocol) ||
    !/^\/[^/]/.test(parsed.pathname) ||
    parsed.search ||
    parsed.username
  )
    throw new ConfigurationError(
      'SWITCHWRIGHT_FILES_BUCKET must be an address with the bucket’s name in its path, such as https://s3.eu-west-1.amazonaws.com/our-bucket.',
    );
  const accessKeyId = environment.SWITCHWRIGHT_FILES_ACCESS_KEY_ID;
  const secretAccessKey = environment.SWITCHWRIGHT_FILES_SECRET_ACCESS_KEY;
  if (!accessKeyId || !secretAccessKey)
    throw new ConfigurationError(
      'SWITCHWRIGHT_FILES_BUCKET needs SWITCHWRIGHT_FILES_ACCESS_KEY_ID and SWITCHWRIGHT_FILES_SECRET_ACCESS_KEY.',
    );
  const region = environment.SWITCHWRIGHT_FILES_REGION || 'us-east-1';
  return { url: parsed.href, region, secret: { accessKeyId, secretAccessKey, sessionToken: null } };
}
