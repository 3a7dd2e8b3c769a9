import { allRules } from "./rules/all-rules.ts";
import { problemsWithPlaces } from "./rules/rule-places.ts";

// Looks whether the code of each model-checked rule is in the function that the rule names. `npm run check:rules` takes
// minutes to take it out; this takes seconds.
const problems = await problemsWithPlaces(process.cwd(), allRules);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`Rules: ${allRules.length} looked up in their functions, ${problems.length} problems.`);
