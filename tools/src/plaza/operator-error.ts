/** Something that the operator can mend; the message says how, and no stack trace is of use. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}
