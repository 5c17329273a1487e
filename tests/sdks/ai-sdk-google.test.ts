import { createGoogleGenerativeAI } from '@ai-sdk/google';
import { API_KEY } from '../gateway-process.ts';
import { aiSdkProofs } from './ai-sdk-proofs.ts';
import { gatewayForClients, proveClient } from './prove.ts';

const gateway = await gatewayForClients();
/** It leaves out `models/` where the id has a slash. */
const google = createGoogleGenerativeAI({ baseURL: `${gateway.origin}/v1beta`, apiKey: API_KEY });

const thinking = { google: { thinkingConfig: { includeThoughts: true, thinkingBudget: 1024 } } };
proveClient(
  'ai with @ai-sdk/google',
  aiSdkProofs((id) => google(id), { thinking }),
);
