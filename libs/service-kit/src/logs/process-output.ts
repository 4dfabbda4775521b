import { type DestinationStream, destination } from 'pino';

/** Told to pino, which then notes the level of each line on the stream before it writes it. */
const WANTS_LEVEL = Symbol.for('pino.metadata');
const ERROR = 50;

let output: DestinationStream | undefined;

/** This process's standard output, one stream however many services are in it: lines of two could tear each other apart. */
export function processOutput(): DestinationStream {
  output ??= buffered();
  return output;
}

/**
 * A write per line cost a third of what a service can serve. So lines are written by 4 KB or 100 ms, and at the end of the
 * process; an error at once, with what came before it.
 */
function buffered(): DestinationStream {
  // Synchronous: what is written at once for an error would overtake, or lose, a write that is under way.
  const stream = destination({ fd: 1, sync: true, minLength: 4_096, periodicFlush: 100 });
  process.on('exit', () => stream.flushSync());
  return {
    [WANTS_LEVEL]: true,
    lastLevel: 0,
    write(line: string) {
      stream.write(line);
      if (this.lastLevel >= ERROR) stream.flushSync();
    },
  } as DestinationStream & { lastLevel: number };
}
