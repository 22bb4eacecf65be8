import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Requires } from '#access';
import { Metrics } from './metrics.js';

/** For a Prometheus that reaches the process itself: the proxy in front does not route it. */
@ApiExcludeController()
@Controller('metrics')
@Requires('read-public')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @Header('cache-control', 'no-store')
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
