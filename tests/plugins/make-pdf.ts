import { deflateSync } from 'node:zlib';

/** A PDF whose pages each show one line. */
export function pdf(
  lines: readonly string[],
  content = (line: string): Buffer => Buffer.from(`BT /F1 24 Tf 72 720 Td (${line}) Tj ET`),
): string {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')];
  const places: number[] = [];
  const size = (): number => parts.reduce((sum, { length }) => sum + length, 0);
  const add = (head: string, stream?: Buffer): void => {
    places.push(size());
    parts.push(Buffer.from(`${places.length} 0 obj\n${head}\n`));
    if (stream) parts.push(Buffer.from('stream\n'), stream, Buffer.from('\nendstream\n'));
    parts.push(Buffer.from('endobj\n'));
  };
  const kids = lines.map((_, at) => `${4 + 2 * at} 0 R`).join(' ');
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Kids [${kids}] /Count ${lines.length} >>`);
  add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  lines.forEach((line, at) => {
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
    );
    const stream = deflateSync(content(line));
    add(`<< /Length ${stream.length} /Filter /FlateDecode >>`, stream);
  });
  const start = size();
  const table = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    Buffer.from(
      `xref\n0 ${places.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${places.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts).toString('base64');
}
