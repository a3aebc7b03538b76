import { expect } from '@open-wc/testing';
import {
  VERSION,
  WaooawMetricsWidget,
  WaooawPageControls,
  WaooawProgressTracker,
  WaooawSocket,
  WaooawStatusBadge,
  WaooawStatusBadgeList,
  WaooawTimeline,
} from './index.ts';
import * as door from './index.ts';

const TAGS = [
  'waooaw-socket',
  'waooaw-status-badge',
  'waooaw-status-badge-list',
  'waooaw-metrics-widget',
  'waooaw-context-selector',
  'waooaw-timeline',
  'waooaw-progress-tracker',
];

describe('door 1', () => {
  it('registers nothing', () => {
    expect(TAGS.filter((tag) => customElements.get(tag))).to.deep.equal([]);
  });

  it('leaves the page as it was: nothing in the document, no connection', () => {
    expect(document.querySelector('[data-waooaw-announcer]')).to.equal(null);
    expect(Reflect.ownKeys(globalThis).filter((key) => String(key).includes('waooaw'))).to.deep.equal([]);
  });

  it('exports the classes, each of this release, and what goes with them', () => {
    for (const element of [
      WaooawSocket,
      WaooawStatusBadge,
      WaooawStatusBadgeList,
      WaooawMetricsWidget,
      WaooawPageControls,
      WaooawTimeline,
      WaooawProgressTracker,
    ]) {
      expect(element.prototype).to.be.instanceOf(HTMLElement);
      expect(element.version).to.equal(VERSION);
    }
    expect(Object.keys(door)).to.have.members([
      'ContextController',
      'SocketClient',
      'VERSION',
      'WaooawContextSelector',
      'WaooawMetricsGrid',
      'WaooawMetricsWidget',
      'WaooawPageControls',
      'WaooawProgressTracker',
      'WaooawSocket',
      'WaooawStatusBadge',
      'WaooawStatusBadgeList',
      'WaooawTimeline',
      'addLanguage',
      'chosen',
      'newContext',
      'onMessages',
      'pageAnnouncer',
      'pageContext',
      'pagePace',
      'pageTimeZone',
      'register',
      'selectionContext',
      'setMessages',
      'setPagePace',
      'setPageTimeZone',
      'socketContext',
    ]);
  });
});
