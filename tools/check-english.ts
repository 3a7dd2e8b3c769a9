import { exceptions, unfinished } from "./english/exceptions.ts";
import { checkEnglish } from "./english/repository-english.ts";

const { files, problems, left } = await checkEnglish(process.cwd(), { sentences: exceptions, unfinished });
for (const [place, count] of left) if (count > 0) console.log(`${place} has ${count} sentences to rewrite.`);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`English: ${files} files, ${problems.length} problems.`);
