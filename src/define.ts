/** Door 1, with registration: every element by one import. */
import './elements/socket/define.ts';
import './elements/status-badge/define.ts';
import './elements/status-badge-list/define.ts';
import './elements/metrics-widget/define.ts';
import './elements/metrics-grid/define.ts';
import './elements/page-controls/define.ts';
import './elements/context-selector/define.ts';
import './elements/timeline/define.ts';
import './elements/progress-tracker/define.ts';
