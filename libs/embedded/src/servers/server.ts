export type ServerName = 'postgres' | 'kafka' | 'mongodb';

/** How one kind of server is had, started, asked whether it is up, and stopped. */
export interface Recipe {
  name: ServerName;
  label: string;
  url: string;
  port: number;
  /** What `wipe` deletes. */
  data: string;
  log: string;
  stopSignal: NodeJS.Signals;
  /** What ends it at once, but tidily where it can. */
  endSignal: 'SIGKILL' | 'SIGQUIT';
  /** Fetches the program and makes empty data, where either is missing. */
  prepare(): Promise<void>;
  command(): Command;
  /** Resolves once clients can work; rejects while they cannot. */
  ready(): Promise<void>;
  /** Whether a start that ended with this log may be tried again at once. */
  passing?(log: string): boolean;
}

export interface Command {
  file: string;
  args: string[];
  cwd: string;
  uid?: number;
  gid?: number;
}

export interface ServerExit {
  name: ServerName;
  code: number | null;
  signal: NodeJS.Signals | null;
  /** Whether stop(), kill() or wipe() caused it. */
  expected: boolean;
  /** For people: what ended, and the last lines of its log. */
  message: string;
}

/** A server as a child process, on 127.0.0.1. */
export interface Server {
  readonly name: ServerName;
  readonly url: string;
  readonly port: number;
  /** Undefined while it is not running. */
  readonly pid: number | undefined;
  readonly log: string;
  /** Resolves once clients can work. Does nothing to a running server. */
  start(): Promise<void>;
  /** Stops it in good order; after 10 s it is killed. Data are kept. */
  stop(): Promise<void>;
  /** Sends a signal (SIGKILL unless told) to it and its children; after SIGKILL, resolves once it is gone. */
  kill(name?: NodeJS.Signals): Promise<void>;
  /** Stops it and deletes its data: the next start is of an empty server. */
  wipe(): Promise<void>;
  /** Calls the listener whenever the server ends; gives a function that takes the listener off. */
  onExit(listener: (exit: ServerExit) => void): () => void;
}
