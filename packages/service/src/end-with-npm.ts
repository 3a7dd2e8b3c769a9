// For `node --import`: ends this process by SIGTERM when the npm script that started it has ended. npm passes a signal only
// to the shell of the script. When the shell dies of it, the program would keep running and keep its port.

const LOOK_EVERY_MILLISECONDS = 200;

if (process.env.npm_lifecycle_event !== undefined) {
  const shell = process.ppid;
  const watch = setInterval(() => {
    // An orphan gets another parent. Windows has neither that nor such signals.
    if (process.ppid === shell) return;
    clearInterval(watch);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MILLISECONDS);
  watch.unref();
}
