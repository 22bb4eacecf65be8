import { type DynamicModule, Module } from '@nestjs/common';
import type { Context } from '#log';
import { Api } from './api/api.js';
import { HttpApi } from './api/http-api.js';
import { InProcessApi } from './api/in-process-api.js';
import { CasesController } from './cases.controller.js';
import { CheckController } from './check.controller.js';
import { ClaimsController } from './claims.controller.js';
import { ImportsController } from './imports.controller.js';
import { DeliveriesController } from './deliveries.controller.js';
import { LearnerFormsController } from './learner-forms.controller.js';
import { MergesController } from './merges.controller.js';
import { ProblemPages } from './problem-pages.js';
import { ProviderController } from './provider.controller.js';
import { RecognitionController } from './recognition.controller.js';
import { SharesController } from './shares.controller.js';
import { StartController } from './start.controller.js';
import { Visits, WebSettings } from './visit.js';
import { WalletController } from './wallet.controller.js';

export interface WebOptions {
  /** Where the public API is; unset where it is in the same process. */
  readonly apiUrl?: string;
  /** Offers to sign in as one of the people of the demo. */
  readonly demo: boolean;
}

@Module({})
export class WebModule {
  static with({ apiUrl, demo }: WebOptions): DynamicModule {
    return {
      module: WebModule,
      controllers: [
        StartController,
        CheckController,
        WalletController,
        ClaimsController,
        LearnerFormsController,
        MergesController,
        SharesController,
        RecognitionController,
        ProviderController,
        ImportsController,
        DeliveriesController,
        CasesController,
      ],
      providers: [
        Visits,
        ProblemPages,
        { provide: WebSettings, useValue: new WebSettings(demo) },
        apiUrl === undefined
          ? { provide: Api, useClass: InProcessApi }
          : { provide: Api, useValue: new HttpApi(apiUrl) },
      ],
    };
  }
}

/**
 * The pages: HTML from the server, no script. They are a client of the public API like any other
 * and keep nothing of their own.
 */
export const web = (options: WebOptions): Context => ({
  module: WebModule.with(options),
  migrations: [],
});
