import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Nest on Fastify, where errors outside of controllers and unknown routes stay with the handlers we gave to Fastify. */
export class PlazaAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance;
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance;
  }
}
