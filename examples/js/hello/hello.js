// `/hello`: the smallest handler.
//
// `main` answers a request. What it returns is the answer: here header fields
// and content. Content alone would do as well, and a status can come first:
// `[410, { "X-Test": "test" }, "Gone\n"]`.

export function main() {
  return [{ "Content-Type": "text/plain" }, "Hello, world!\n"];
}
