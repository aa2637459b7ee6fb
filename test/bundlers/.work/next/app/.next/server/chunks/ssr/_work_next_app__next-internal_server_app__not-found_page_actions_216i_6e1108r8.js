module.exports=[16040,a=>{"use strict";a.s([])}];

//# sourceMappingURL=_work_next_app__next-internal_server_app__not-found_page_actions_216i_6e1108r8.js.map