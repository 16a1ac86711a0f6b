/** The OpenAPI 3.1 document, made from the route table. */
import { z } from 'zod';
import { type Route, routes } from './contract.ts';
import { problem } from './schemas.ts';

export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(routes) as [string, Route][]) {
    const path = `/api/v1${route.path.replace(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse',
      version,
      description: 'API of one Gatehouse node. Nothing in it carries a patient identifier.',
    },
    paths,
    components: {
      schemas: { Problem: z.toJSONSchema(problem) },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: 'gatehouse_session' } },
    },
  };
}

function operation(name: string, route: Route): object {
  const parameters = [...parametersOf('path', route.params), ...parametersOf('query', route.query)];
  const problemContent = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  return {
    operationId: name,
    summary: route.summary,
    ...(route.access === 'public'
      ? {}
      : { security: [{ session: [] }], description: `Needs the role ${route.access}.` }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body
      ? { requestBody: { required: true, content: { 'application/json': { schema: z.toJSONSchema(route.body) } } } }
      : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: z.toJSONSchema(route.response) } } },
      default: { description: 'What went wrong and what to do', content: problemContent },
    },
  };
}

function parametersOf(place: 'path' | 'query', object: z.ZodObject | undefined): object[] {
  return Object.entries(object?.shape ?? {}).map(([name, shape]) => ({
    name,
    in: place,
    required: place === 'path' || !(shape as z.ZodType).safeParse(undefined).success,
    schema: z.toJSONSchema(shape as z.ZodType, { io: 'input' }),
  }));
}
