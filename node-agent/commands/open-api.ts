import { openApiDocument } from '../api/openapi.ts';
import { VERSION } from '../assembly/version.ts';
import { type Command, print } from './command.ts';

export const openApi: Command = {
  name: ['openapi'],
  usage: 'openapi',
  summary: 'Prints the OpenAPI document of the HTTP API.',
  positionals: 0,
  run: async () => {
    print(JSON.stringify(openApiDocument(VERSION), null, 2));
    return 0;
  },
};
