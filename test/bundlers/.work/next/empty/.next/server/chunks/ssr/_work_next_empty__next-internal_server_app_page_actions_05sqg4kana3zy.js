module.exports=[54057,a=>{"use strict";a.s([])}];

//# sourceMappingURL=_work_next_empty__next-internal_server_app_page_actions_05sqg4kana3zy.js.map