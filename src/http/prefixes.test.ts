import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deploymentIn, ownUrl } from './prefixes.ts';

test('paths of other hosts mean ours', () => {
  for (const [asked, meant] of [
    ['/api/v1/chat/completions', '/api/v1/chat/completions'],
    ['/v1/models?x=1', '/v1/models?x=1'],
    ['/openai/v1/chat/completions', '/api/v1/chat/completions'],
    ['/openai/v1/responses?api-version=preview', '/api/v1/responses?api-version=preview'],
    ['/api/openai/v1/models', '/api/v1/models'],
    ['/openai/responses?api-version=2025-04-01-preview', '/api/v1/responses?api-version=2025-04-01-preview'],
    ['/openai/models?api-version=1', '/api/v1/models?api-version=1'],
    ['/v1beta/openai/chat/completions', '/api/v1/chat/completions'],
    ['/api/v1beta/openai/embeddings', '/api/v1/embeddings'],
    ['/api/v1/cursor/chat/completions', '/api/v1/chat/completions'],
    ['/api/v0/models', '/api/v1/models'],
    ['/openai/deployments/gpt-4o/chat/completions', '/api/v1/chat/completions?deployment=gpt-4o'],
    [
      '/openai/deployments/anthropic%2Fclaude-sonnet-4.5/chat/completions?api-version=1',
      '/api/v1/chat/completions?api-version=1&deployment=anthropic%2Fclaude-sonnet-4.5',
    ],
    ['/openai/deployments/openai/gpt-4o:floor/completions?', '/api/v1/completions?deployment=openai%2Fgpt-4o%3Afloor'],
    ['/openai/deployments/a&b=c/embeddings', '/api/v1/embeddings?deployment=a%26b%3Dc'],
    ['/v1beta/models/x:generateContent', '/v1beta/models/x:generateContent'],
    ['/openairs', '/openairs'],
    ['/openai', '/openai'],
    ['/openai/gpt-4.1', '/openai/gpt-4.1'],
    ['/openai/o1?x=1', '/openai/o1?x=1'],
    ['/api/v1/cursors', '/api/v1/cursors'],
    ['/api/v0x', '/api/v0x'],
    ['/models', '/models'],
  ])
    assert.equal(ownUrl(asked ?? ''), meant);
});

test('the model that a path named', () => {
  assert.equal(
    deploymentIn(ownUrl('/openai/deployments/openai/gpt-4o/chat/completions?api-version=1')),
    'openai/gpt-4o',
  );
  assert.equal(deploymentIn(ownUrl('/openai/deployments/%E0%A4%A/chat/completions')), '%E0%A4%A');
  assert.equal(deploymentIn('/api/v1/chat/completions'), undefined);
});
