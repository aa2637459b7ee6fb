module.exports=[73,a=>{"use strict";a.s([])}];

//# sourceMappingURL=_work_next_empty__next-internal_server_app__not-found_page_actions_1j17aocjt7zfe.js.map