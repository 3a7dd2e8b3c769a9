// For `node --import`: ends this process, as by SIGTERM, when the npm script that started it has ended. npm passes a
// signal to the shell of the script alone, and a shell that dies of it leaves the program running, with its port.

const LOOK_EVERY_MILLISECONDS = 200;

if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  const watch = setInterval(() => {
    // An orphan is given another parent. Windows has no such thing, and no such signals either.
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MILLISECONDS);
  watch.unref();
}
