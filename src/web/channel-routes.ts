import { forgetSection } from './pages/channels/forget.ts'
import { publishAgain } from './pages/channels/mqtt.ts'
import { renewTopic, topicCode } from './pages/channels/ntfy.ts'
import { changeTemplate, previewTemplate } from './pages/channels/templates.ts'
import { testChannel } from './pages/channels/test-channel.ts'
import { displayPage } from './pages/display.ts'
import type { Route } from './routes.ts'

const CHANGE = { method: 'POST', who: 'administrator', as: 'action' } as const

/** Settings of channels beside the shared form, and of display. Part of the route table. */
export const CHANNEL_ROUTES: readonly Route[] = [
  { method: 'GET', path: '/ntfy/code.svg', who: 'viewer', as: 'file', handle: topicCode },
  { method: 'GET', path: '/settings/display', who: 'viewer', as: 'page', handle: displayPage },
  { ...CHANGE, path: '/settings/ntfy/topic', handle: renewTopic },
  { ...CHANGE, path: '/settings/home-assistant/publish', handle: publishAgain },
  { ...CHANGE, path: '/settings/templates/:kind', handle: changeTemplate },
  { ...CHANGE, path: '/settings/templates/:kind/preview', as: 'fragment', handle: previewTemplate },
  { ...CHANGE, path: '/settings/:section/test', handle: testChannel },
  { ...CHANGE, path: '/settings/:section/forget', handle: forgetSection },
]
