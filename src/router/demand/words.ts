import type { Task } from '../../facts/routing.ts';

/** What a text in small letters says of the work that it asks for: a sign, and how much it weighs. */
export type Sign = readonly [task: Task, weight: number, sign: RegExp];

const LANGUAGES =
  'english|german|french|spanish|italian|portuguese|japanese|chinese|mandarin|korean|russian|arabic|hindi|dutch|polish|turkish|swedish|danish|norwegian|finnish|greek|hebrew|latin|vietnamese|thai|ukrainian|czech|deutsch|englische?n?|französische?|spanische?|italienische?|japanische?|inglés|alemán|francés|anglais|allemand|espagnol|inglese|tedesco';
const WRITINGS =
  'essay|poem|haiku|sonnet|limerick|ballad|story|stories|novel|chapter|scene|song|lyrics|letter|e-?mails?|blog|article|post|tweet|thread|speech|toast|slogan|tagline|press release|newsletter|review|product description|bio|biography|caption|screenplay|dialogue|monologue|cover letter|eulogy|vows|ad copy|advert\\w*|headline|invitation|obituary|memo|announcement|proposal|wedding|card|greeting';

/** Every one is linear in the text: no repetition stands in another. */
export const SIGNS: readonly Sign[] = [
  ['code', 3, /```/],
  ['code', 2, /`[^`\n]{1,80}`/],
  ['code', 3, /\b(?:def|function|class|const|let|var|import|public|return|select|async|fn|func) [^\n]{1,80}[({;=]/],
  ['code', 2.5, /#include|=>|console\.log|system\.out|print\(|\w\(\)|&&|\|\||<\/?(?:div|span|html|script|body)\b/],
  [
    'code',
    2.5,
    /\b[\w-]+\.(?:py|tsx?|jsx?|java|cpp|cs|rs|go|rb|php|sql|sh|html|css|swift|kt|ya?ml|toml|json|lock|md)\b/,
  ],
  [
    'code',
    2,
    /\b(?:python|javascript|typescript|java|c\+\+(?:\d\d)?|c#|rust|golang|kotlin|ruby|php|haskell|scala|elixir|bash|powershell|sql|postgres(?:ql)?|mysql|sqlite|mongodb|redis|html|css|tailwind|react|vue|angular|svelte|next\.js|node\.?js|django|flask|fastapi|spring boot|pandas|numpy|pytorch|tensorflow|docker(?:file)?|kubernetes|terraform|ansible|nginx|webpack|vite|regex|regexp|regular expressions?|git|cron|makefile|graphql|websockets?|jwt|oauth|asyncio|swiftui|arduino|vba|excel macro|leetcode)(?![\w])/,
  ],
  [
    'code',
    2,
    /\b(?:code|coding|codebase|functions?|script|algorithm|api|endpoint|unit tests?|bugs?|debug\w*|compil\w*|refactor\w*|stack ?trace|exception|segfault|null ?pointer|\w+error|pull request|merge conflict|commit|linter|type annotations?|recursion|recursive\w*|linked list|binary (?:search )?tree|hash ?map|big[- ]o|time complexity|race condition|deadlock|memory leak|component|middleware|mutex|query|database schema|migration|stored procedure|web ?app|backend|frontend|command line|cli tool|parser|npm|pip install)\b/,
  ],
  [
    'code',
    2,
    /quelltext|fehlermeldung|programmier|skript|código|programa en|función|fonction|programme (?:en|qui)|代码|函数|编程|脚本|コード|関数|プログラム|код\b|функци|скрипт|코드|함수/,
  ],
  [
    'code',
    1,
    /\b(?:write|implement|fix|build|create) (?:a|an|the|this|my) [^\n]{0,40}\b(?:program|app|class|method|server|bot|library|module|crawler|scraper|plugin|service)\b/,
  ],
  ['maths', 3, /\\(?:frac|int|sum|sqrt|lim|mathbb|begin\{)|[∫∑√∞≤≥π]|\$[^$\n]{0,60}[=^_\\][^$\n]{0,60}\$/],
  [
    'maths',
    2.5,
    /\b(?:integral|derivative|differentiate|integrate|eigen\w+|theorem|lemma|polynomials?|quadratic|matrix|matrices|determinant|probability|combinatorics|permutations?|geometry|triangle|hypotenuse|calculus|algebra|arithmetic|equations?|inequality|logarithm|modulo|primes?|gcd|lcm|factorial|standard deviation|variance|expected value|chances? (?:that|of)|odds of|bayes|converges?|perimeter|circumference|radius|rational|irrational|divisible|remainder|cosine|sine|vector space|isomorphic|bijection|induction)\b/,
  ],
  ['maths', 2, /\bsolve (?:for|the)\b|\bprove\b|\bcalculate\b|\bcompute\b|\bevaluate the\b|\bsimplify\b/],
  ['maths', 2, /\d\s?[-+*/×÷^%]\s?\d|\d\s?% of|\bpercent of\b|\bsquare root\b/],
  ['maths', 2, /(?:^|[\s(])\d?[xyzn]\s?(?:\^|²|³|[-+]\s?\d|=)|f\(x\)/],
  [
    'maths',
    3,
    /gleichung|berechne|beweise|wahrscheinlichkeit|ableitung|équation|calcule|démontre|ecuaci|calcula|demuestra|probabilidad|方程|计算|证明|概率|积分|方程式|計算|積分|確率|вычисл|докаж|уравнен|вероятност|방정식|계산/,
  ],
  [
    'translation',
    4,
    /\btranslat\w*|übersetz|\btradu(?:is|ire|isez|ction|cción|ce|cir|zca|zir|zione|zi|ci|za)|翻译|翻譯|翻訳|译成|перевед|перевод|번역|tłumacz|vertaal|çevir/,
  ],
  [
    'translation',
    2.5,
    /\bhow (?:do|would|can) (?:you|i|we) say\b|\bwie sagt man\b|\bcomment (?:dit-on|dire)\b|\bcómo se dice\b/,
  ],
  [
    'translation',
    1.5,
    new RegExp(
      `\\b(?:into|in|to|from|auf|ins|en|al|aus) (?:the |brazilian |simplified |modern |american |british )?(?:${LANGUAGES})\\b`,
    ),
  ],
  [
    'extraction',
    3,
    /\b(?:extract|pull out|pick out|parse out|identify all|list all (?:the )?(?:names|dates|people|places|companies))\b|extrahier|extrai|extrae|提取|抽取|抽出|извлек/,
  ],
  [
    'extraction',
    3,
    /\b(?:classify|categori[sz]e|sentiment|label (?:the|this|each|it)|tag (?:the|this|each)|positive,? (?:or|negative)|spam or)\b|klassifizier|clasifica|classifie|分类|классифи/,
  ],
  [
    'extraction',
    2,
    /\b(?:as|in|to|into|return|only|valid) (?:valid |a |only )?(?:json|csv|xml|yaml)\b|\bjson (?:with|object|array|format|schema|keys)\b/,
  ],
  ['extraction', 1, /\b(?:invoice|receipt|fields?|entities|keys?|columns?|phone numbers?|addresses|amounts?)\b/],
  [
    'summary',
    4,
    /\bsummar(?:y|i[sz]e|i[sz]ing|ies)|\btl;?dr|zusammenfass|fasse? [^\n]{0,60}zusammen|résum(?:e|é|er|ez)\b|\bresum(?:en|ir|a|o)\b|\bresume (?:este|el|la|en)\b|riassum|要約|总结|總結|摘要|概括|кратк|перескаж|요약/,
  ],
  [
    'summary',
    3,
    /\bcondense\b|\b(?:key|main) (?:points|takeaways|ideas|arguments)\b|\bthe gist\b|\bboil (?:this|it) down\b|\bin a nutshell\b|\bmeeting (?:notes|minutes)\b|\babstract for\b/,
  ],
  [
    'writing',
    3.5,
    new RegExp(
      `\\b(?:write|draft|compose|create|make|come up with|give me|need|help me with|craft|pen)\\b[^\\n]{0,60}\\b(?:${WRITINGS})\\b`,
    ),
  ],
  [
    'writing',
    2.5,
    /\b(?:rewrite|rephrase|paraphrase|proofread|polish|reword|copy-?edit|brainstorm)\b|\bmake (?:it|this|my) [^\n]{0,40}\b(?:sound|more|less|shorter|friendlier|formal)\b|\b(?:improve|fix) (?:the |my |this )?(?:wording|grammar|paragraph|essay|prose)\b|\bname ideas\b|\bnames for\b/,
  ],
  ['writing', 1, new RegExp(`\\b(?:${WRITINGS})\\b`)],
  [
    'writing',
    3,
    /gedicht|(?:schreib|verfass)\w* [^\n]{0,60}(?:brief|mail|text|geschichte|rede|beitrag)|poème|(?:écri|rédige)\w* [^\n]{0,60}(?:lettre|histoire|texte|discours|mail|article)|(?:escrib|redact)\w* [^\n]{0,60}(?:carta|cuento|correo|historia|poema|texto)|写一?[首篇封个則]|作文|(?:напиши|сочини) [^\n]{0,40}(?:стих|письмо|рассказ|сказк|пост)|俳句|써 ?줘/,
  ],
  [
    'roleplay',
    4,
    /\brole-?play\w*|\bstay in character\b|\bin character\b|\bdungeon master\b|\{\{(?:char|user)\}\}|\bpretend (?:to be|you(?:'re| are))\b|\*[a-z][^*\n]{3,80}\*|\byou(?:'re| are) (?:now )?(?:my|the|a|an) [^\n.]{0,40}(?:wizard|dragon|pirate|vampire|knight|princess|elf|detective|tavern\w*|captain|innkeeper|alien|ghost|villain)\b/,
  ],
  ['roleplay', 2.5, /\bact (?:as|like) (?:a|an|my|the) (?!linux|terminal|sql|python|javascript|senior|code)/],
  [
    'knowledge',
    1.2,
    /^(?:what|who|whose|when|where|why|which|how|is|are|was|were|does|do|did|can|could|should|explain|describe|define|tell me about|compare|name the|list the|give me (?:an overview|a list|examples))\b/,
  ],
  [
    'knowledge',
    1.2,
    /^[¿¡]?(?:was (?:ist|sind|war)|wer|wie|warum|wann|wo|welche|erkläre?|qu[ée] (?:es|son|fue)|quién|cómo|cuándo|dónde|por qué|cuál|explica|qu'est|quel|pourquoi|comment|qui|où|quand|explique|che cos|chi|perch|come|что|кто|почему|как|когда|где|объясни)/,
  ],
  ['knowledge', 1.2, /什么|为什么|谁|如何|怎么|哪|とは|なぜ|どうして|誰|무엇|왜/],
  [
    'knowledge',
    0.7,
    /\b(?:explain|difference between|history of|capital of|meaning of|causes? of|pros and cons|benefits of|side effects|invented|discovered|how does|how do)\b/,
  ],
  [
    'chat',
    3,
    /^[¿¡]?(?:hi|hello|hey|heya|yo|sup|good (?:morning|evening|afternoon|night)|thanks|thank you|thx|ok|okay|cool|nice|great|lol|haha|hallo|moin|servus|grüezi|danke|guten (?:tag|morgen|abend)|hola|gracias|buenos|buenas|bonjour|salut|merci|ciao|grazie|olá|oi|obrigad[oa]|你好|您好|谢谢|早上好|こんにちは|ありがとう|おはよう|안녕|감사|привет|здравствуй|спасибо)(?![\w])/,
  ],
  [
    'chat',
    2.5,
    /\b(?:how are you|how's it going|what's up|how was your|how have you been|tell me a joke|make me laugh|let's (?:chat|talk)|just (?:chat|talk)|wanna (?:chat|talk)|can we (?:chat|talk)|who are you|are you (?:an? )?(?:ai|human|real|robot|there|alive|sentient)|what(?:'s| is) your (?:name|favou?rite)|do you (?:like|love|ever|dream|have feelings|get|enjoy|think|remember|believe))\b/,
  ],
  [
    'chat',
    2,
    /\b(?:i feel|i'm (?:feeling|so|really|just|kind of|a bit)|feeling (?:down|sad|lonely|tired)|bored|lonely|stressed|my (?:day|boyfriend|girlfriend|wife|husband|boss|friends?|roommate|crush|mom|mum|dad|dog|cat|ex)|what should i (?:do|say|cook|eat|watch|wear)|wie geht|cómo estás|ça va|как дела)\b/,
  ],
];

/** Words of work that takes more than recall; each counts once. */
export const HARD: readonly RegExp[] = [
  /\b(?:prove|proof|rigorous\w*|derive|theorem|lemma)\b|beweis|démontr|demuestr|证明|докаж/,
  /\b(?:optimi[sz]\w*|performance|scal(?:e|able|ability)|throughput|latency)\b/,
  /\b(?:architect\w*|system design|design (?:a|an|the|and)|distributed|microservices?|end-to-end|production-ready)\b/,
  /\b(?:concurren\w*|lock-free|thread-safe|race condition|deadlock|atomic\w*|consensus|consistency)\b/,
  /\b(?:trade-?offs?|critically|evaluate|assess|compare and contrast|implications|root cause|strategy|counterargument\w*)\b/,
  /\b(?:step by step|in depth|in detail|comprehensive\w*|thorough\w*|multi-?step)\b|ausführlich|schritt für schritt|paso a paso|en detalle|详细/,
  /\b(?:edge cases?|corner cases?|all cases|failure modes?|constraints?|requirements?)\b/,
  /\b(?:refactor\w*|migrat\w*|debug\w*|intermittent\w*|memory leak|segfault)\b/,
  /\b(?:integral|eigen\w+|differential equation|topolog\w+|manifold|np-(?:hard|complete)|asymptotic|convergence|martingale|group theory|riemann)\b/,
  /\b(?:compiler|interpreter|kernel|garbage collect\w*|type (?:checker|system)|operating system|cryptograph\w+|neural network|transformer)\b/,
];
export const EASY: RegExp =
  /\b(?:quick(?:ly)?|brief(?:ly)?|simple|simply|one[- ](?:word|line|liner|sentence)|yes or no|short answer|basic)\b|kurz|breve|简单|одним словом/;
