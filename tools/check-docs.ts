import { checkDocuments } from "./docs/repository-documents.ts";

const { documents, problems } = await checkDocuments(process.cwd());
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`Documents: ${documents} documents, ${problems.length} problems.`);
