module.exports=[46092,a=>{"use strict";a.s([])}];

//# sourceMappingURL=_work_next_app__next-internal_server_app_page_actions_1mi9f30j56rs7.js.map