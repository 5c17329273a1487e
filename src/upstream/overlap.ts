/** How much of the end of what was shown a continuation may say once more. */
const LOOK_BACK = 2_048;
/** So long a text is no chance; so long a one is none where it begins with a word, or where all of it is said again. */
const SURE = { anywhere: 16, atWord: 6, whole: 4 } as const;
/** Who has said again so much of the beginning, and then says something else, has begun anew. */
const ANEW = 64;

/**
 * Joins a continuation to what was shown before it. Text is kept back while it may still repeat what was shown, from its
 * beginning or near its end, and let go without what it repeats. Null = it tells the answer anew in other words: nothing
 * can be joined to that.
 */
export type Overlap = {
  readonly push: (text: string) => string | null;
  /** The continuation is over: what is kept back is let go. */
  readonly end: () => string | null;
};

export function createOverlap(shown: string): Overlap {
  let heard = '';
  /** Places in `shown` from which all that was heard is what was shown. */
  let places: readonly number[] = placesIn(shown);
  let repeated = 0;
  let again = 0;
  let isOpen = shown !== '';

  const narrow = (text: string): void => {
    const before = heard.length;
    const left: number[] = [];
    for (const place of places) {
      const rest = shown.length - place - before;
      const piece = text.length <= rest ? text : text.slice(0, rest);
      if (!shown.startsWith(piece, place + before)) {
        if (place === 0) again = before + sharedLength(shown, before, piece);
      } else if (text.length >= rest) repeated = Math.max(repeated, isSure(shown, place) ? before + rest : 0);
      else left.push(place);
    }
    places = left;
    heard += text;
  };
  const letGo = (): string | null => {
    isOpen = false;
    if (repeated > 0) return heard.slice(repeated);
    if (again >= ANEW) return null;
    return shown.endsWith(' ') && heard.startsWith(' ') ? heard.slice(1) : heard;
  };
  return {
    push: (text) => {
      if (!isOpen || text === '') return text;
      narrow(text);
      return places.length > 0 ? '' : letGo();
    },
    end: () => {
      if (!isOpen) return '';
      if (places[0] === 0) again = heard.length;
      return letGo();
    },
  };
}

function placesIn(shown: string): number[] {
  const places = shown.length > LOOK_BACK ? [0] : [];
  for (let place = Math.max(0, shown.length - LOOK_BACK); place < shown.length; place++) places.push(place);
  return places;
}

function isSure(shown: string, place: number): boolean {
  const length = shown.length - place;
  if (place === 0) return length >= SURE.whole;
  if (length >= SURE.anywhere) return true;
  return length >= SURE.atWord && !(isOfWord(shown[place - 1]) && isOfWord(shown[place]));
}

const isOfWord = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_]/u.test(character);

function sharedLength(shown: string, from: number, text: string): number {
  let length = 0;
  while (length < text.length && shown[from + length] === text[length]) length++;
  return length;
}
