/** Codes of up to 16 bits: for each length the largest code and where its values begin. */
export type HuffmanTable = {
  readonly largest: Int32Array;
  readonly offset: Int32Array;
  readonly values: Uint8Array;
};

/** Tables by number; those of the AC coefficients have 16 added. */
export function readHuffmanTables(body: Buffer, tables: Map<number, HuffmanTable>): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const number = body[at] ?? 0;
    const largest = new Int32Array(17).fill(-1);
    const offset = new Int32Array(17);
    let code = 0;
    let used = 0;
    for (let length = 1; length <= 16; length++) {
      const count = body[at + length] ?? 0;
      offset[length] = used - code;
      code += count;
      used += count;
      if (count > 0) largest[length] = code - 1;
      code <<= 1;
    }
    const values = Uint8Array.from(body.subarray(at + 17, at + 17 + used));
    tables.set((number >> 4 === 0 ? 0 : 16) + (number & 15), { largest, offset, values });
    at += 17 + used;
  }
}

export type BitReader = {
  /** The next code's value, or -1 if there is none such. */
  readonly decode: (table: HuffmanTable) => number;
  /** A signed number of so many bits, in JPEG's own notation. */
  readonly receive: (size: number) => number;
  /** Passes over the 63 AC coefficients of a block; false if they make no sense. */
  readonly skipBlock: (table: HuffmanTable) => boolean;
  /** Passes over a restart marker. */
  readonly restart: () => void;
};

/** Reads entropy-coded data: `FF 00` is a plain `FF`; at a marker and at the end there are only zeros. */
export function createBitReader(bytes: Buffer, start: number): BitReader {
  let at = start;
  let held = 0;
  let left = 0;
  const bit = (): number => {
    if (left === 0) {
      held = bytes[at] ?? 0;
      left = 8;
      if (held !== 0xff) at++;
      else if (bytes[at + 1] === 0) at += 2;
      else held = 0;
    }
    left--;
    return (held >> left) & 1;
  };
  const decode = ({ largest, offset, values }: HuffmanTable): number => {
    let code = 0;
    for (let length = 1; length <= 16; length++) {
      code = (code << 1) | bit();
      if (code <= (largest[length] ?? -1)) return values[code + (offset[length] ?? 0)] ?? -1;
    }
    return -1;
  };
  const receive = (size: number): number => {
    let value = 0;
    for (let count = 0; count < size; count++) value = (value << 1) | bit();
    return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  };
  return {
    decode,
    receive,
    skipBlock: (table) => {
      for (let index = 1; index < 64; index++) {
        const symbol = decode(table);
        if (symbol < 0) return false;
        const size = symbol & 15;
        const run = symbol >> 4;
        if (size === 0 && run !== 15) return true;
        receive(size);
        index += run;
      }
      return true;
    },
    restart: () => {
      left = 0;
      while (
        at + 1 < bytes.length &&
        !(bytes[at] === 0xff && (bytes[at + 1] ?? 0) >= 0xd0 && (bytes[at + 1] ?? 0) <= 0xd7)
      )
        at++;
      at += 2;
    },
  };
}
