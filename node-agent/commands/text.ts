import { type Foundation, openFoundation } from '../assembly/foundation.ts';
import { StartUpError } from '../store/errors.ts';
import { type SiteWord, type SiteWordDecision, SiteWordError, type SiteWordState } from '../vault/site-words.ts';
import { type Command, type CommandContext, print, settingsOf, UsageError } from './command.ts';
import { existingNode } from './existing-node.ts';

const BY = 'command line';
const STATES: readonly SiteWordState[] = ['proposed', 'approved', 'refused'];
const DONE: Readonly<Record<SiteWordDecision, string>> = {
  approve: 'approved; descriptions keep it from the next object on',
  refuse: 'refused; it is not proposed again',
  revoke: 'undecided again; descriptions lose it from the next object on',
};

const textList: Command = {
  name: ['text', 'list'],
  usage: 'text list [--state proposed|approved|refused] [--json]',
  summary: 'Shows the words that descriptions lose and the site may approve; entered in the audit log.',
  options: { state: { type: 'string', default: 'proposed' }, json: { type: 'boolean' } },
  positionals: 0,
  run: (context) =>
    withSiteWords(context, ({ siteWords, audit }, fromPatients) => {
      const state = STATES.find((one) => one === context.values.state);
      if (state === undefined) throw new UsageError(`--state is one of ${STATES.join(', ')}.`);
      const words = siteWords.list(state, fromPatients);
      audit.record({ actor: BY, action: 'text.shown', subject: state, detail: `${words.length} words` });
      if (context.values.json) print(JSON.stringify(words, null, 2));
      else for (const word of words) print(line(word));
    }),
};

function deciding(decision: SiteWordDecision, summary: string): Command {
  return {
    name: ['text', decision],
    usage: `text ${decision} NUMBER`,
    summary,
    positionals: 1,
    run: (context) =>
      withSiteWords(context, ({ siteWords, audit }, fromPatients) => {
        const [number = ''] = context.positionals;
        if (!/^[1-9]\d{0,9}$/.test(number))
          throw new UsageError(
            'Name the word by its number in "gatehouse text list", so that it stays out of the shell.',
          );
        siteWords.decide(Number(number), decision, BY, fromPatients);
        audit.record({ actor: BY, action: `text.${decision}`, subject: `word ${number}` });
        print(`Word ${number} is ${DONE[decision]}.`);
      }),
  };
}

/** The words of the site. They are written where the node looks before it begins objects, so they act on a running node at once. */
export const TEXT_COMMANDS: readonly Command[] = [
  textList,
  deciding('approve', 'Lets descriptions keep a word, once for this site.'),
  deciding('refuse', 'Lets descriptions lose a word for good, without further proposals.'),
  deciding('revoke', 'Takes back that a word was approved or refused.'),
];

async function withSiteWords(
  context: CommandContext,
  work: (foundation: Foundation, fromPatients: number) => void,
): Promise<number> {
  const fromPatients = settingsOf(context).values['deidentify.proposeFromPatients'];
  existingNode(context.dataFolder);
  const foundation = openFoundation(context.dataFolder);
  try {
    work(foundation, fromPatients);
    return 0;
  } catch (error) {
    if (error instanceof SiteWordError) throw new StartUpError(error.message);
    throw error;
  } finally {
    foundation.close();
  }
}

function line({ id, word, attribute, objects, patients, lastSeen, decidedBy, identifying }: SiteWord): string {
  const seen = `${attribute}, ${objects} objects of ${patients} patients, last ${lastSeen.slice(0, 10)}`;
  const by = decidedBy === null ? '' : `, by ${decidedBy}`;
  const warning = identifying ? '; a header has since shown it as a name or identifier, look at it again' : '';
  return `${id}\t${word}\t${seen}${by}${warning}`;
}
