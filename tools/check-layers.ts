import { checkLayers } from "./layers/repository-layers.ts";

const { files, imports, problems } = await checkLayers(process.cwd());
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
console.log(`Layers: ${files} files, ${imports} imports, ${problems.length} problems.`);
