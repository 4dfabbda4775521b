import { requireMatch } from './etag.js';

describe('requireMatch', () => {
  it.each([undefined, '*', '"7"', '"6", "7"', ' "7" '])('lets a change pass for %p', (header) => {
    expect(() => requireMatch(7, header)).not.toThrow();
  });

  it.each(['"6"', '7', 'W/"7"', '', '"77"'])('refuses a change for %p', (header) => {
    expect(() => requireMatch(7, header)).toThrow(expect.objectContaining({ status: 412, code: 'VERSION_CHANGED' }));
  });
});
