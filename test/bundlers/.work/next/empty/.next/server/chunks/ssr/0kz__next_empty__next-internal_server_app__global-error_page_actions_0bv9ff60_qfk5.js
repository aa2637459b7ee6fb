module.exports=[27133,a=>{"use strict";a.s([])}];

//# sourceMappingURL=0kz__next_empty__next-internal_server_app__global-error_page_actions_0bv9ff60_qfk5.js.map