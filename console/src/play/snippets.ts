/** A request as it stands in the builder. */
export type Built = { readonly origin: string; readonly path: string; readonly body: string };

const KEY = '$SWITCHWRIGHT_API_KEY';
const NAME = 'SWITCHWRIGHT_API_KEY';

/** Text in double quotes as JSON has them, which all these languages read alike but for what follows. */
const quoted = (text: string): string => JSON.stringify(text);
/** A shell ends a text in single quotes only by one. */
const shell = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** Python and PHP: a text that may hold anything, but for what would end it. */
const python = (text: string): string => `r"""${text}"""`;
const php = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
/** Ruby would fill in `#{…}`. */
const ruby = (text: string): string => quoted(text).replaceAll('#', '\\#');
const go = (text: string): string => (text.includes('`') ? quoted(text) : `\`${text}\``);

/** The same request in six languages, without a library where the language has what it takes. */
export const SNIPPETS: readonly (readonly [label: string, write: (built: Built) => string])[] = [
  [
    'curl',
    ({ origin, path, body }) => `curl -N ${shell(origin + path)} \\
  -H "Authorization: Bearer ${KEY}" \\
  -H "Content-Type: application/json" \\
  -d ${shell(body)}`,
  ],
  [
    'Python',
    ({ origin, path, body }) => `import os, urllib.request

body = ${body.includes('"""') || body.endsWith('"') ? quoted(body) : python(body)}
request = urllib.request.Request(
    ${quoted(origin + path)},
    data=body.encode(),
    headers={"Authorization": "Bearer " + os.environ["${NAME}"], "Content-Type": "application/json"},
)
with urllib.request.urlopen(request) as answer:
    for line in answer:
        print(line.decode(), end="")`,
  ],
  [
    'TypeScript',
    ({ origin, path, body }) => `const answer = await fetch(${quoted(origin + path)}, {
  method: 'POST',
  headers: { authorization: \`Bearer \${process.env.${NAME}}\`, 'content-type': 'application/json' },
  body: JSON.stringify(${indented(body, 2)}),
});
for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) process.stdout.write(piece);`,
  ],
  [
    'Go',
    ({ origin, path, body }) => `package main

import (
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := ${go(body)}
	request, _ := http.NewRequest("POST", ${quoted(origin + path)}, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+os.Getenv("${NAME}"))
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	io.Copy(os.Stdout, answer.Body)
}`,
  ],
  [
    'Ruby',
    ({ origin, path, body }) => `require "net/http"

uri = URI(${ruby(origin + path)})
request = Net::HTTP::Post.new(uri, "Authorization" => "Bearer #{ENV.fetch("${NAME}")}", "Content-Type" => "application/json")
request.body = ${ruby(body)}
Net::HTTP.start(uri.host, uri.port, use_ssl: uri.scheme == "https") do |http|
  http.request(request) { |answer| answer.read_body { |piece| print piece } }
end`,
  ],
  [
    'PHP',
    ({ origin, path, body }) => `<?php
$request = curl_init(${php(origin + path)});
curl_setopt_array($request, [
  CURLOPT_HTTPHEADER => ["Authorization: Bearer " . getenv("${NAME}"), "Content-Type: application/json"],
  CURLOPT_POSTFIELDS => ${php(body)},
]);
curl_exec($request);`,
  ],
];

const indented = (text: string, by: number): string => text.replaceAll('\n', `\n${' '.repeat(by)}`);
