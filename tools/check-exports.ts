import { checkExports } from "./exports/library-exports.ts";

const update = process.argv.includes("--update");
const { subpaths, names, problems } = await checkExports("packages/coatcheck", "tools/exports-snapshot.json", {
  update,
  limits: { subpaths: 18, rootNames: 25 },
});
for (const problem of problems) console.error(problem);
if (problems.some((problem) => /^[+-] /.test(problem))) {
  console.error("The public names changed. If that is meant: npm run check:exports -- --update");
}
if (problems.length > 0) process.exitCode = 1;
console.log(`Exports: ${subpaths} subpaths, ${names} names, ${problems.length} problems.`);
