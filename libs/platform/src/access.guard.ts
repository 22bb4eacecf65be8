import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Actor, authorise, type Permission, PERMISSION, Tokens } from '#access';

/** Lets a request through if its actor has a role that the endpoint's permission names. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: Tokens,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION, [
      context.getHandler(),
      context.getClass(),
    ]);
    // The boot check below makes this unreachable; a hole must still not be a door.
    if (permission === undefined) return false;
    const request = context
      .switchToHttp()
      .getRequest<{ headers: { authorization?: string }; actor?: Actor }>();
    const actor = await authorise(this.tokens, request.headers.authorization, permission);
    if (actor) request.actor = actor;
    return true;
  }
}
