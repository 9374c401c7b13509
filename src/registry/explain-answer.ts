import type { RegistryAnswerFact } from '../policy/registry-facts.ts'
import type { RegistryAnswer } from './request.ts'

/** What it means for a package that a registry gave this answer, and not the file. */
export function explainAnswer(answer: RegistryAnswer): RegistryAnswerFact {
  if (answer.type === 'redirected-to-jsr' || answer.type === 'redirected-to-public') return answer
  if (answer.type === 'failed') return { type: 'unknown', url: answer.url, reason: answer.reason }
  const { status, url } = answer
  if (status === 404 || status === 410) return { type: 'missing', url, status }
  if (isRefusal(answer)) return { type: 'unknown', url, reason: `it refused us (HTTP ${status})` }
  return { type: 'unknown', url, reason: `it answered HTTP ${status}` }
}

/** Whether a registry wants other credentials than ours. */
export function isRefusal(answer: RegistryAnswer): boolean {
  return answer.type === 'answered' && (answer.status === 401 || answer.status === 403)
}

/** Whether an answer is the file that was asked for. */
export function isGood<Body>(
  answer: RegistryAnswer<Body>,
): answer is Extract<RegistryAnswer<Body>, { readonly type: 'answered' }> {
  return answer.type === 'answered' && answer.status >= 200 && answer.status < 300
}
