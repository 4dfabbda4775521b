import { CircuitBreaker } from './circuit-breaker.js';

describe('the circuit breaker', () => {
  let now = 0;
  let breaker: CircuitBreaker;

  beforeEach(() => {
    now = 1_000_000;
    breaker = new CircuitBreaker({ failures: 3, pause: 5_000, now: () => now });
  });

  const fail = (times: number) => {
    for (let i = 0; i < times; i += 1) breaker.report('pass', 'failed');
  };

  it('lets everything through while the service answers', () => {
    fail(2);
    breaker.report('pass', 'answered');
    fail(2);
    expect(breaker.state).toBe('closed');
    expect(breaker.admit()).toBe('pass');
  });

  it('opens after failures in a row and says for how long', () => {
    fail(3);
    expect(breaker.state).toBe('open');
    expect(breaker.admit()).toBeUndefined();
    expect(breaker.retryAfter).toBe(5);
  });

  it('lets one request try when the pause is over, and no other meanwhile', () => {
    fail(3);
    now += 5_000;
    expect(breaker.state).toBe('half-open');
    expect(breaker.admit()).toBe('probe');
    expect(breaker.admit()).toBeUndefined();
    expect(breaker.retryAfter).toBe(1);
  });

  it('closes when the try is answered', () => {
    fail(3);
    now += 5_000;
    const pass = breaker.admit();
    expect(pass && breaker.report(pass, 'answered')).toBe('closed');
    expect(breaker.admit()).toBe('pass');
  });

  it('opens again at once when the try fails', () => {
    fail(3);
    now += 5_000;
    const pass = breaker.admit();
    expect(pass && breaker.report(pass, 'failed')).toBe('opened');
    expect(breaker.admit()).toBeUndefined();
    expect(breaker.retryAfter).toBe(5);
  });

  it('lets the next one try when the client of the first went away', () => {
    fail(3);
    now += 5_000;
    const pass = breaker.admit();
    expect(pass && breaker.report(pass, 'unknown')).toBeUndefined();
    expect(breaker.admit()).toBe('probe');
  });

  it('is not kept open longer by requests that were under way when it opened', () => {
    fail(3);
    now += 4_000;
    fail(5);
    now += 1_000;
    expect(breaker.admit()).toBe('probe');
  });

  it('closes when a request that was under way is answered after all', () => {
    fail(3);
    expect(breaker.report('pass', 'answered')).toBe('closed');
  });
});
