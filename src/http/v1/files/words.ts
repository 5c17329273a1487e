import { fault } from '../../../base/fault.ts';

export const NO_FILE = fault('not_found', 'There is no such file.');
export const OFF = fault('not_found', 'Files are turned off on this gateway.');
