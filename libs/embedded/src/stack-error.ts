/** Why the embedded servers cannot be had; its message says what to do and is meant to be shown without a stack trace. */
export class StackError extends Error {
  override readonly name = 'StackError';
}

/** One error out of several: their messages, each once. */
export function combined(errors: readonly unknown[]): Error {
  const unexpected = errors.find((error) => !(error instanceof StackError));
  if (unexpected instanceof Error) return unexpected;
  return new StackError([...new Set(errors.map((error) => (error as Error).message))].join('\n'));
}
