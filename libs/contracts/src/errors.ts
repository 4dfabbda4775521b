/** A fact breaks the rules of its class. `problems` names each field and rule, never the values: they may be personal. */
export class FactInvalid extends Error {
  override readonly name = 'FactInvalid';

  constructor(
    readonly type: string,
    readonly problems: string[],
  ) {
    super(`${type} is invalid: ${problems.join('; ')}`);
  }
}

/** The bytes of a fact are not JSON, not an object, or its headers are no CloudEvents envelope. */
export class FactUnreadable extends Error {
  override readonly name = 'FactUnreadable';
}

/** No fact of this type, or no fact with this class, is declared. */
export class FactUnknown extends Error {
  override readonly name = 'FactUnknown';
}
