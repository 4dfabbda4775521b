/** Where a command reads its settings and writes its answer. */
export interface Terminal {
  env: NodeJS.ProcessEnv;
  print(line: string): void;
}
