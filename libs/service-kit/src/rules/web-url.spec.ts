import { isWebUrl } from './web-url.js';

describe('isWebUrl', () => {
  it.each(['https://example.org/a.png?x=1#y', 'http://localhost:3000/'])('takes %s', (url) => {
    expect(isWebUrl(url, 100)).toBe(true);
  });

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    '//example.org/a.png',
    'example.org',
    'https://',
    'https://alice:secret@example.org/',
    'https://example.org/a b',
    'https://example.org/\n',
    `https://example.org/${'a'.repeat(100)}`,
    '',
    7,
  ])('does not take %p', (url) => {
    expect(isWebUrl(url, 100)).toBe(false);
  });
});
