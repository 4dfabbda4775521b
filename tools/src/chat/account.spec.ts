import { passwordFor } from './account.js';

describe('the password', () => {
  it('is the one that was given, wherever', () => {
    expect(passwordFor('alice', { given: 'a secret', url: 'https://plaza.example.org' })).toBe('a secret');
  });

  it.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
    'is one of the name on this machine (%s), where none was given',
    (url) => {
      expect(passwordFor('Alice', { given: undefined, url })).toBe('alice is trying Plaza');
    },
  );

  it.each([
    'https://plaza.example.org',
    'http://10.0.0.1:3000',
    'http://127.0.0.1.example.org',
    'http://localhost.example.org',
  ])('must be given elsewhere (%s)', (url) => {
    expect(() => passwordFor('alice', { given: '', url })).toThrow('PLAZA_CHAT_PASSWORD');
  });
});
