import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Platform } from './platform.js';

const PLAZA = createRequire(import.meta.url).resolve('../../../tools/dist/plaza.js');

export interface Printed {
  exitCode: number;
  out: string;
  err: string;
}

/** Runs `plaza <command>` as an operator of the platform would: a process of its own, which knows what the services are told. */
export function plaza(platform: Platform, command: string): Promise<Printed> {
  const args = ['--disable-warning=TimeoutNegativeWarning', PLAZA, ...command.split(' ')];
  const env = { ...process.env, NODE_OPTIONS: '', ...platform.env };
  return new Promise((resolve) => {
    execFile(process.execPath, args, { env }, (error, out, err) => {
      resolve({ exitCode: error ? Number(error.code) : 0, out, err });
    });
  });
}
