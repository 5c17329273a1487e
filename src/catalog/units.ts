import type { PieceCounts, Usage } from '../call/usage.ts';

type Row = {
  /** Its name in price tables, and in the API's prices. */
  readonly key: string;
  readonly name: string;
  /** What counts it; null = there is one in every call. */
  readonly meter: keyof PieceCounts | (keyof Usage & 'webSearches') | null;
  /** May it be the only price there is? Else there are prices by token beside it. */
  readonly alone: boolean;
  /** The head of its column in a table of prices. */
  readonly label: string;
};

/** What is counted in pieces and has a price of its own, by the name that rates have. */
export const UNITS = {
  request: { key: 'request', name: 'request', meter: null, alone: true, label: 'Request' },
  webSearch: { key: 'web_search', name: 'web_search', meter: 'webSearches', alone: false, label: 'Web search' },
  /** One image read, and one written. */
  image: { key: 'image', name: 'image', meter: 'images', alone: true, label: 'Image in' },
  outputImageEach: {
    key: 'output_image_each',
    name: 'image_output_each',
    meter: 'outputImages',
    alone: true,
    label: 'Image out',
  },
  /** One second of audio or video read, and one written. */
  inputSecond: { key: 'input_second', name: 'input_second', meter: 'inputSeconds', alone: true, label: 'Second in' },
  outputSecond: {
    key: 'output_second',
    name: 'output_second',
    meter: 'outputSeconds',
    alone: true,
    label: 'Second out',
  },
  outputVideoEach: {
    key: 'output_video_each',
    name: 'video_output_each',
    meter: 'outputVideos',
    alone: true,
    label: 'Video out',
  },
  /** One character of text read. */
  inputCharacter: {
    key: 'input_character',
    name: 'input_character',
    meter: 'inputCharacters',
    alone: true,
    label: 'Character in',
  },
  /** One query over up to a hundred documents. */
  searchUnit: { key: 'search_unit', name: 'search_unit', meter: 'searchUnits', alone: true, label: 'Search unit' },
} as const satisfies { readonly [name: string]: Row };

/** A unit, other than a token, that something is priced by. */
export type UnitName = keyof typeof UNITS;
/** The name of a unit in price tables and in the prices of the API. */
export type UnitKey = (typeof UNITS)[UnitName]['key'];
/** What counts units. */
export type UnitMeter = Exclude<(typeof UNITS)[UnitName]['meter'], null>;

export const UNIT_NAMES = Object.keys(UNITS) as readonly UnitName[];
