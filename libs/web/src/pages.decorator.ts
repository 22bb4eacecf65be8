import {
  applyDecorators,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { PublicUrl } from '#kernel';
import { Requires } from '#access';
import { refuseForeignForm } from './session.js';

/** Lets forms in only from our own pages. */
@Injectable()
export class OwnFormsOnly implements CanActivate {
  constructor(private readonly publicUrl: PublicUrl) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.method !== 'GET' && request.method !== 'HEAD')
      refuseForeignForm(request.headers, this.publicUrl);
    return true;
  }
}

/**
 * A controller of pages. Anyone may ask for a page: it hands the visitor's token to the API, and
 * the API decides what they may see and do.
 */
export const Pages = (): ClassDecorator =>
  applyDecorators(
    Controller(),
    ApiExcludeController(),
    Requires('read-public'),
    UseGuards(OwnFormsOnly),
  );
