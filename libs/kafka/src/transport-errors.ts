import { type ArgumentsHost, Catch, type ExceptionFilter, type INestApplication } from '@nestjs/common';
import { type MicroserviceOptions, NestMicroservice } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import { KafkaTransport } from './transport.js';

/**
 * Hands a handler's error to the transport as it was thrown. Nest's own filter logs it and puts `Internal server error` in
 * its place, which would make a lost connection look like a fact that can't be handled.
 */
@Catch()
export class FactErrorFilter implements ExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Connects the service's consumers to its application; `app.startAllMicroservices()` then starts them. They get a
 * configuration of their own: the application's guards, pipes, interceptors and filters are made for HTTP.
 */
export function connectKafka(app: INestApplication): void {
  const microservice = app.connectMicroservice<MicroserviceOptions>(
    { strategy: app.get(KafkaTransport) },
    { inheritAppConfig: false, deferInitialization: true },
  );
  microservice.useGlobalFilters(new FactErrorFilter());
  // The application runs the lifecycle hooks of the container that both share.
  if (microservice instanceof NestMicroservice) microservice.setIsInitHookCalled(true);
}
