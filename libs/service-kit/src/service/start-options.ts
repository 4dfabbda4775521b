export interface StartOptions {
  /** Default: process.env. */
  env?: NodeJS.ProcessEnv;
  /** Default true. False: requests come by `handle` alone. */
  listen?: boolean;
  /** Ends the waiting for a database that is away. */
  signal?: AbortSignal;
  /** Told when the service can't go on and the process has to be started anew. Default: it is only logged. */
  onFatal?(reason: Error): void;
}
