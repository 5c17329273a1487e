/** Small mistakes as somebody might make them: what could be written elsewhere in a file, one place at a time. */
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';

export type Operator = 'condition' | 'boundary' | 'arithmetic' | 'statement' | 'literal';
export type Mutant = {
  readonly operator: Operator;
  /** Where it stands in the file's text, and what stands there instead. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
};

const TOKENS: ReadonlyMap<SyntaxKind, readonly [Operator, string]> = new Map([
  [SyntaxKind.EqualsEqualsEqualsToken, ['condition', '!==']],
  [SyntaxKind.ExclamationEqualsEqualsToken, ['condition', '===']],
  [SyntaxKind.EqualsEqualsToken, ['condition', '!=']],
  [SyntaxKind.ExclamationEqualsToken, ['condition', '==']],
  [SyntaxKind.AmpersandAmpersandToken, ['condition', '||']],
  [SyntaxKind.BarBarToken, ['condition', '&&']],
  [SyntaxKind.LessThanToken, ['boundary', '<=']],
  [SyntaxKind.LessThanEqualsToken, ['boundary', '<']],
  [SyntaxKind.GreaterThanToken, ['boundary', '>=']],
  [SyntaxKind.GreaterThanEqualsToken, ['boundary', '>']],
  [SyntaxKind.PlusToken, ['arithmetic', '-']],
  [SyntaxKind.MinusToken, ['arithmetic', '+']],
  [SyntaxKind.AsteriskToken, ['arithmetic', '/']],
  [SyntaxKind.SlashToken, ['arithmetic', '*']],
  [SyntaxKind.PlusEqualsToken, ['arithmetic', '-=']],
  [SyntaxKind.MinusEqualsToken, ['arithmetic', '+=']],
]);

/** A tree's nodes as this needs them: the API's types know each kind apart. */
type Branch = Node & {
  readonly operatorToken?: Node;
  readonly operator?: SyntaxKind;
  readonly operand?: Node;
  readonly left?: Node;
  readonly right?: Node;
  readonly condition?: Node;
  readonly expression?: Node;
};

export function mutantsOf(file: SourceFile): Mutant[] {
  const found: Mutant[] = [];
  const add = (operator: Operator, node: Node, text: string): void => {
    found.push({ operator, start: node.getStart(file), end: node.end, text });
  };
  const negate = (node: Node): void => add('condition', node, `!(${node.getText(file)})`);
  const visit = (node: Branch): void => {
    if (isOfTypes(node) || isAssertion(node, file)) return;
    switch (node.kind) {
      case SyntaxKind.BinaryExpression: {
        const told = node.operatorToken && TOKENS.get(node.operatorToken.kind);
        if (told && node.operatorToken && !joinsTexts(node)) add(told[0], node.operatorToken, told[1]);
        break;
      }
      case SyntaxKind.PrefixUnaryExpression:
        if (node.operator === SyntaxKind.ExclamationToken && node.operand)
          add('condition', node, node.operand.getText(file));
        break;
      case SyntaxKind.IfStatement:
        if (node.expression && !isCompared(node.expression)) negate(node.expression);
        break;
      case SyntaxKind.ConditionalExpression:
        if (node.condition && !isCompared(node.condition)) negate(node.condition);
        break;
      case SyntaxKind.ExpressionStatement:
        add('statement', node, ';');
        break;
      case SyntaxKind.NumericLiteral:
        add('literal', node, `${Number(node.getText(file).replaceAll('_', '')) + 1}`);
        break;
      case SyntaxKind.BigIntLiteral:
        add('literal', node, `${BigInt(node.getText(file).replaceAll('_', '').slice(0, -1)) + 1n}n`);
        break;
      case SyntaxKind.TrueKeyword:
        add('literal', node, 'false');
        break;
      case SyntaxKind.FalseKeyword:
        add('literal', node, 'true');
        break;
      default:
    }
    node.forEachChild(visit as (child: Node) => undefined);
  };
  file.forEachChild(visit as (child: Node) => undefined);
  return found;
}

/** What is gone when the program runs, and what holds no decision. */
const isOfTypes = ({ kind }: Node): boolean =>
  kind === SyntaxKind.TypeAliasDeclaration ||
  kind === SyntaxKind.InterfaceDeclaration ||
  kind === SyntaxKind.ImportDeclaration ||
  kind === SyntaxKind.ExportDeclaration ||
  (kind >= SyntaxKind.FirstTypeNode && kind <= SyntaxKind.LastTypeNode);

/** What can only fail if there is a bug, and what the compiler alone reads (`x satisfies never`). */
const isAssertion = (node: Branch, file: SourceFile): boolean =>
  node.kind === SyntaxKind.ThrowStatement ||
  node.kind === SyntaxKind.SatisfiesExpression ||
  (node.kind === SyntaxKind.ExpressionStatement && /^assert\w*[.(]/.test(node.getText(file)));

/** Its comparison is turned round anyway. */
const isCompared = ({ kind, operatorToken }: Branch): boolean =>
  (kind === SyntaxKind.BinaryExpression && operatorToken !== undefined && TOKENS.has(operatorToken.kind)) ||
  kind === SyntaxKind.PrefixUnaryExpression;

const TEXTS: ReadonlySet<SyntaxKind> = new Set([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateExpression,
]);
const joinsTexts = ({ left, right }: Branch): boolean =>
  [left, right].some((side) => side !== undefined && TEXTS.has(side.kind));
