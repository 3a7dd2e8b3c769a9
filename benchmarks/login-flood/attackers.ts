import { postLogin } from "./post-login.ts";

// Clients with an address each that log in to accounts that do not exist, again at each answer, until told to stop.
const [port = 0, addresses = 0] = process.argv.slice(2).map(Number);
const statuses: Record<number, number> = {};
let isOn = true;

async function attack(attacker: number): Promise<void> {
  const from = `127.0.${20 + Math.floor(attacker / 200)}.${1 + (attacker % 200)}`;
  for (let attempt = 0; isOn; attempt++) {
    const user = { email: `user-${attacker}-${attempt}@example.com`, password: "some wrong password" };
    const { status } = await postLogin({ port, from }, user);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
}

process.on("message", () => (isOn = false));
await Promise.all(Array.from({ length: addresses }, (_, attacker) => attack(attacker)));
process.send?.(statuses);
process.disconnect();
