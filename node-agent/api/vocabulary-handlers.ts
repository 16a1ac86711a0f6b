/** Answers about vocabularies. */
import type { vocabularyRoutes } from './contract/vocabularies.ts';
import type { Handlers } from './handler.ts';
import { problems } from './problem.ts';
import type { ApiServices } from './services.ts';

export function vocabularyHandlers({
  vocabularies,
}: Pick<ApiServices, 'vocabularies'>): Pick<Handlers, keyof typeof vocabularyRoutes> {
  return {
    listVocabularies: () => vocabularies.list(),
    explainCode: ({ params }) => {
      const found = vocabularies.explain(params.code);
      if (!found) throw problems.notFound('class with this code or label in the hyper-ontology');
      return found;
    },
    exportVocabulary: ({ params }) => vocabularies.export(params.name),
    previewVocabulary: ({ body }, { caller }) => vocabularies.preview(body, caller.user?.name ?? 'unknown'),
    importVocabulary: ({ body }, { caller }) => vocabularies.import(body, caller.user?.name ?? 'unknown'),
    restoreVocabulary: ({ params }, { caller }) => vocabularies.restore(params.name, caller.user?.name ?? 'unknown'),
  };
}
