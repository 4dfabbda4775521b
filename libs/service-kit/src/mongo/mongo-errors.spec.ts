import { MongoServerError } from 'mongodb';
import { isDuplicateKey } from './mongo-errors.js';

const duplicate = (index: string, value: string) =>
  new MongoServerError({
    code: 11_000,
    message: `E11000 duplicate key error collection: chat.notes index: ${index} dup key: { text: "${value}" }`,
  });

describe('isDuplicateKey', () => {
  it('tells which index it was', () => {
    expect(isDuplicateKey(duplicate('uq_notes_text', 'a'))).toBe(true);
    expect(isDuplicateKey(duplicate('uq_notes_text', 'a'), 'uq_notes_text')).toBe(true);
    expect(isDuplicateKey(duplicate('_id_', 'a'), 'uq_notes_text')).toBe(false);
  });

  it('is not misled by the value that is there twice', () => {
    expect(isDuplicateKey(duplicate('_id_', 'an index: uq_notes_text dup key'), 'uq_notes_text')).toBe(false);
  });

  it('is of that error alone', () => {
    expect(isDuplicateKey(new MongoServerError({ code: 121, message: 'Document failed validation' }))).toBe(false);
    expect(isDuplicateKey(new Error('E11000'))).toBe(false);
    expect(isDuplicateKey(undefined)).toBe(false);
  });
});
