import { Global, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Clock, PublicUrl } from '#kernel';
import { Api } from '../api/api.js';
import { WebModule } from '../web.module.js';
import { ProblemDetailsFilter } from './problem-details.filter.js';
import { SampleApi } from './sample-api.js';

/** The day on which everything happens. */
export const NOW = new Date('2026-11-25T14:00:00Z');

class StoppedClock extends Clock {
  now(): Date {
    return NOW;
  }
}

/** Boots the pages over the sample API; nothing listens, requests are injected. */
export const servePages = async ({
  publicUrl = 'https://ledger.example',
  demo = true,
}: { readonly publicUrl?: string; readonly demo?: boolean } = {}) => {
  const globals = [
    { provide: Clock, useClass: StoppedClock },
    { provide: PublicUrl, useValue: new PublicUrl(publicUrl) },
  ];
  @Global()
  @Module({ providers: globals, exports: [Clock, PublicUrl] })
  class Ground {}

  const api = new SampleApi();
  const testing = await Test.createTestingModule({
    imports: [Ground, WebModule.with({ demo })],
    providers: [{ provide: APP_FILTER, useClass: ProblemDetailsFilter }],
  })
    .overrideProvider(Api)
    .useValue(api)
    .compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), {
    logger: false,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, api };
};
