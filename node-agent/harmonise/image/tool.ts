import packageDescription from '../../../package.json' with { type: 'json' };

/** What stands in recipes and headers as the maker of a file. */
export const TOOL = { name: 'Gatehouse', version: packageDescription.version } as const;
