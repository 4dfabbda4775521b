const LOOK_EVERY_MS = 500;

/**
 * Resolves with why this program should stop: Ctrl-C, SIGTERM, or that the npm which runs it as a script was killed, for
 * npm cannot pass a SIGKILL on. From the call on, those signals no longer end the process by themselves. SIGHUP is left
 * alone, so that `nohup` works. `cancel` undoes it all.
 */
export function stopRequested(): { reason: Promise<string>; cancel(): void } {
  const asked = Promise.withResolvers<string>();
  process.on('SIGINT', asked.resolve);
  process.on('SIGTERM', asked.resolve);
  const parent = process.ppid;
  const parentGone = () => process.env.npm_lifecycle_event && process.ppid !== parent && asked.resolve('parent ended');
  const looking = setInterval(parentGone, LOOK_EVERY_MS);
  const cancel = () => {
    clearInterval(looking);
    process.off('SIGINT', asked.resolve);
    process.off('SIGTERM', asked.resolve);
  };
  return { reason: asked.promise, cancel };
}
