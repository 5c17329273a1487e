import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GatewayOptions } from '../call/call.ts';
import type { Endpoint } from '../catalog/model.ts';
import type { Target } from '../facts/target.ts';
import { dataWishes } from './data-wishes.ts';
import { gatewayFields } from './gateway-options.ts';
import { sampleCall } from './samples.ts';

const target = (quirks: readonly string[] = [], perRequest = true): Target => ({
  model: {} as Target['model'],
  endpoint: {
    modelId: 'acme/one',
    price: { input: 1n, output: 1n },
    provider: { slug: 'broker', policy: { perRequest } },
    dialect: { quirks },
  } as unknown as Endpoint,
});

const WISHES: readonly (readonly [gateway: GatewayOptions, told: object | undefined])[] = [
  [{}, undefined],
  [{ provider: { zdr: false, data_collection: 'allow' } }, undefined],
  [{ provider: { zdr: true } }, { zdr: true }],
  [{ rules: [{ zdr: true }] }, { zdr: true }],
  [{ rules: [{ zdr: true, about: ['acme/*'] }, { data_collection: 'deny' }] }, { zdr: true, data_collection: 'deny' }],
  [{ rules: [{ zdr: true, about: ['other/*'] }] }, undefined],
  [{ rules: [{ zdr: true, except: ['other/*'], price: 'paid' }] }, { zdr: true }],
  [{ rules: [{ zdr: true, except: ['acme/*'] }] }, undefined],
  [{ rules: [{ zdr: true, price: 'free' }] }, undefined],
  [{ provider: { data_collection: 'allow' }, rules: [{ data_collection: 'deny' }] }, { data_collection: 'deny' }],
];

test('a broker is told what is demanded of its hosts, by the caller or by a rule for this model', () => {
  for (const [gateway, told] of WISHES) {
    assert.deepEqual(dataWishes(gateway, target()), told, JSON.stringify(gateway));
    assert.equal(dataWishes(gateway, target([], false)), undefined);
  }
});

test('a gateway behind this one is told which hosts are forbidden, beside those that the caller named', () => {
  const call = sampleCall({
    gateway: { provider: { ignore: ['one'] }, rules: [{ ignore: ['two', 'broker'] }, { ignore: ['x'], about: ['y'] }] },
  });
  assert.deepEqual(gatewayFields(call, target(['gateway-fields'])), { provider: { ignore: ['one', 'two'] } });
});
