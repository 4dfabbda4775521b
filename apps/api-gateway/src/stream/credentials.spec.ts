import { chosenSubprotocol, socketToken } from './credentials.js';

describe('the token of a request for a socket', () => {
  it('is that of the Authorization header', () => {
    expect(socketToken({ authorization: 'Bearer abc' })).toBe('abc');
  });

  it('stands beside plaza.v1 among the subprotocols, where browsers can put it', () => {
    expect(socketToken({ 'sec-websocket-protocol': 'plaza.v1, abc' })).toBe('abc');
    expect(socketToken({ 'sec-websocket-protocol': 'abc,plaza.v1' })).toBe('abc');
  });

  it.each([undefined, '', 'plaza.v1', 'abc', 'chat, abc'])('is not there in %s', (offered) => {
    expect(socketToken({ 'sec-websocket-protocol': offered })).toBeUndefined();
  });

  it('is never what is agreed upon', () => {
    expect(chosenSubprotocol(new Set(['abc', 'plaza.v1']))).toBe('plaza.v1');
    expect(chosenSubprotocol(new Set(['abc']))).toBe(false);
  });
});
